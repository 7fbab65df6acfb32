"""Format of a scenario file: a reconstructed incident, written by hand as TOML.

Every key is checked, and an unknown one is an error, so that no typing error goes unnoticed. Times are local to
`timezone` and carry no zone (`2012-06-11T17:00:00`). Weights and shares need not add up to 1. A smallest useful file::

    version = 1
    title = "Acme's free month"
    reconstruction = "Texts and counts are invented; the timeline follows the sources."
    brand = "Acme"
    timezone = "Europe/London"
    lang = "en"
    seed = 1
    start = 2020-03-02T00:00:00
    end = 2020-03-16T12:00:00

    [networks.forum]                 # one table a network
    share = 1.0                      # its weight among the networks
    max_chars = 500                  # longer texts are cut at a word (default 5000)
    sentences = [1, 3]               # templates of one tone strung together (default [1, 1])
    median_followers = 0             # 0: the network shows no followers (default)
    reposts = false                  # whether people can repost here (default false)
    kind = "post"                    # or "review": what a post here is; reviews have their tone's rating

    [baseline]                       # posts of an ordinary day; they go on during the phases
    mentions_per_day = 60
    by_hour = [1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4, 2]  # 24 weights, local hours
    by_weekday = [1, 1, 1, 1, 1, 1, 1]  # 7 weights, Monday first (default: all 1)
    day_spread = 0.1                 # log standard deviation of a day about its rate (default 0.1)
    hour_spread = 0.2                # the same of an hour (default 0.2)
    repost_share = 0.0               # share of reposts where a network has them (default 0)
    tones = {chat = 8, complaint = 2}

    [[phases]]                       # posts on top of the baseline; phases may overlap
    name = "outage"
    start = 2020-03-15T20:00:00
    end = 2020-03-15T23:00:00
    rate = [10, 400]                 # mentions an hour at its start and at its end
    ramp = "exponential"             # or "linear" (default)
    tones = {complaint = 1}
    networks = {forum = 1}           # weights of this phase (default: the networks' shares)
    repost_share = 0.0               # as in the baseline

    [tones.chat]
    negative = false                 # the ground truth; never written into the mentions
    templates = ["{hello} anyone else on Acme?", "Acme works for me, {verdict}"]
    sentences = [1, 2]               # instead of the network's
    asides = 0.4                     # share of texts that end in a remark of the slot `aside` (default 0)
    rating = 0.5                     # of reviews in this tone, -1 (worst) to 1 (default: none)
    [tones.complaint]
    negative = true
    templates = ["Acme is down {again}", "{hello} nothing loads {again}, awful"]

    [slots]                          # replacements for {name} in a template; slots may name other slots
    hello = ["Hi all,", "Hello,", ""]
    verdict = ["quite happy", "no trouble at all"]
    aside = ["my neighbour says so too", "writing this on the bus"]
    again = ["again", "since this morning", "for the third time this week"]

    [[facts]]                        # documented instants: drawn in the picture
    at = 2020-03-15T22:30:00
    label = "Acme answers"
    source = "paper"                 # the id of a source
    approximate = true               # the source gives no exact time (default false)
    answer = true                    # the brand's first public answer: at most one fact (default false)

    [[sources]]
    id = "paper"
    reference = "The Paper, 16 March 2020"
    says = "Acme answered late in the evening."

    [[expect]]                       # what must be found, and by when; see `streams.scenarios.expectation`
    signal = "watch"
    begins = 2020-03-15T20:00:00
    within_minutes = 90

Four further tables are optional:

* `[style]` finishes texts: `lowercase` and `unaccented` are shares of texts typed so, `joins` replaces words that slots
  bring together (`{"de le" = "du"}`).
* `[authors]` shapes the crowd: `regulars` (the pool the baseline draws from), `returning` (the chance that a phase's
  mention comes from an author who posted in it before), `followers_sigma` (log standard deviation) and `followers_max`.
* `[answers]` lets the brand answer negative mentions officially: `tone`, `networks`, `share`, `median_minutes`, `hours`
  (opening and closing hour on weekdays, or on all days with `weekends = true`), `until` (silent from then on),
  `promise_share` and `promise_hours`. `[[answers]]` are several such policies, the latest by `since` in force.
* `[[posts]]` are single posts at a known time: `at`, `network`, `text`, and optionally `id` (its name in this file),
  `kind` (`post`, `reply`, `scheduled`, or an act: `deletion`, `block`, `closed`, `undo`, `edit`), for what it replies
  to or acts on `to` (the id of an earlier post) or `to_tone` (the latest mention of that tone on its network), `author`
  (a name, so that one person can speak twice), `official`, `promise_due_at`, `followers`, `negative`, `url`, and the
  echoes `reposted` and `answered`: `{count, half_life_minutes, tone}`, `tone` being that of the replies. Of a brand's
  own, as a source says it in a mention: `marks`, `visibility`, `keeps` (the id of the post whose promise it keeps),
  `publish_at`, `target`, `role`. `approximate` says that the sources give no hour for it.

A phase with `in_reply_to`, the id of a single post, is a thread under that post, on its network.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from streams.mentions.mention import Role
from streams.scenarios.expectation import Expectation
from streams.scenarios.table import (
    Count,
    Line,
    LocalTime,
    Name,
    Positive,
    Sentences,
    Share,
    StrictTable,
    Weight,
    Weights,
)


class Network(StrictTable, frozen=True):
    """One network people talk on."""

    share: Weight
    max_chars: Annotated[int, Meta(ge=20, le=20_000)] = 5_000
    sentences: Sentences = (1, 1)
    median_followers: Weight = 0
    reposts: bool = False
    kind: Literal["post", "review"] = "post"


class Baseline(StrictTable, frozen=True):
    """The posts of an ordinary day."""

    mentions_per_day: Weight
    by_hour: Annotated[list[Weight], Meta(min_length=24, max_length=24)]
    tones: Weights
    by_weekday: Annotated[list[Weight], Meta(min_length=7, max_length=7)] = msgspec.field(
        default_factory=lambda: [1.0] * 7
    )
    day_spread: Share = 0.1
    hour_spread: Share = 0.2
    repost_share: Share = 0


class Phase(StrictTable, frozen=True):
    """A period of the incident: the posts it adds to the baseline."""

    name: Name
    start: LocalTime
    end: LocalTime
    rate: tuple[Weight, Weight]
    tones: Weights
    ramp: Literal["linear", "exponential"] = "linear"
    networks: Weights | None = None
    repost_share: Share = 0
    in_reply_to: Name | None = None

    def rate_at(self, fraction: float) -> float:
        """Return the mentions an hour at a fraction (0 to 1) of the phase."""
        first, last = self.rate
        if self.ramp == "linear":
            return first + (last - first) * fraction
        return float(first * (last / first) ** fraction)


class Tone(StrictTable, frozen=True):
    """One way of talking about the brand."""

    negative: bool
    templates: Annotated[list[Line], Meta(min_length=1)]
    sentences: Sentences | None = None
    asides: Share = 0
    rating: Annotated[float, Meta(ge=-1, le=1)] | None = None


class Style(StrictTable, frozen=True):
    """How carelessly people type."""

    lowercase: Share = 0
    unaccented: Share = 0
    joins: dict[Annotated[str, Meta(min_length=1)], str] = msgspec.field(default_factory=dict)


class Authors(StrictTable, frozen=True):
    """How many authors there are, and how far they are followed."""

    regulars: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000
    returning: Share = 0.25
    followers_sigma: Annotated[float, Meta(ge=0, le=4)] = 1.5
    followers_max: Count = 1_000_000


class AnsweringPolicy(StrictTable, frozen=True):
    """How the brand answers complaints, those from `since` on."""

    tone: Name
    networks: list[Name]
    share: Share
    median_minutes: Positive
    hours: tuple[Annotated[int, Meta(ge=0, le=23)], Annotated[int, Meta(ge=1, le=24)]]
    until: LocalTime
    since: LocalTime | None = None
    weekends: bool = False
    promise_share: Share = 0
    promise_hours: Annotated[int, Meta(ge=1)] = 24


class Echo(StrictTable, frozen=True):
    """Reposts of, or replies to, one post: their rate halves every half-life."""

    count: Annotated[int, Meta(ge=1, le=100_000)]
    half_life_minutes: Positive
    tone: Name | None = None


class SinglePost(StrictTable, frozen=True):
    """One post at a known time."""

    at: LocalTime
    network: Name
    text: Line
    id: Name | None = None
    kind: Literal["post", "reply", "scheduled", "deletion", "block", "closed", "undo", "edit"] = "post"
    to: Name | None = None
    to_tone: Name | None = None
    author: Name | None = None
    official: bool = False
    negative: bool = False
    followers: Count | None = None
    url: Line | None = None
    promise_due_at: LocalTime | None = None
    marks: list[Name] = msgspec.field(default_factory=list)
    visibility: Literal["public", "private"] = "public"
    keeps: Name | None = None
    publish_at: LocalTime | None = None
    target: Literal["own", "customer"] | None = None
    role: Role | None = None
    approximate: bool = False
    reposted: Echo | None = None
    answered: Echo | None = None


class Citation(StrictTable, frozen=True):
    """Where a documented fact was read."""

    id: Name
    reference: Line
    says: Line


class DocumentedInstant(StrictTable, frozen=True):
    """A documented instant, in local time."""

    at: LocalTime
    label: Annotated[str, Meta(min_length=1, max_length=80)]
    source: Name
    approximate: bool = False
    answer: bool = False


class ScenarioFile(StrictTable, frozen=True):
    """The whole file."""

    version: Literal[1]
    title: Line
    reconstruction: Line
    brand: Annotated[str, Meta(min_length=1, max_length=128)]
    timezone: Line
    lang: Annotated[str, Meta(min_length=2, max_length=35)]
    seed: int
    start: LocalTime
    end: LocalTime
    networks: Annotated[dict[Name, Network], Meta(min_length=1)]
    baseline: Baseline
    tones: Annotated[dict[Name, Tone], Meta(min_length=1)]
    sources: Annotated[list[Citation], Meta(min_length=1)]
    facts: list[DocumentedInstant] = msgspec.field(default_factory=list)
    phases: list[Phase] = msgspec.field(default_factory=list)
    posts: list[SinglePost] = msgspec.field(default_factory=list)
    slots: dict[Name, Annotated[list[str], Meta(min_length=1)]] = msgspec.field(default_factory=dict)
    style: Style = Style()
    authors: Authors = Authors()
    answers: AnsweringPolicy | list[AnsweringPolicy] | None = None
    expect: list[Expectation] = msgspec.field(default_factory=list)

    @property
    def policies(self) -> list[AnsweringPolicy]:
        """The answering policies, one or several."""
        if self.answers is None:
            return []
        return self.answers if isinstance(self.answers, list) else [self.answers]
