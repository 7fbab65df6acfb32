"""The situation: the picture of an open incident or case at a closed minute; one JSON object a line.

Event time alone decides it, so a worker, a replay and a test give the same bytes. It is free of language and time zone:
whoever shows it says it in words.
"""

from typing import Literal

import msgspec

from streams.response.desk_event import ShownAsks, ShownPromises
from streams.watching.incident_event import AnswerCounts, ShownPost, ShownTerm

TREND_STEP_MINUTES = 10
TREND_STEPS = 36


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How much is said, over the hour before `at`.

    Parameters
    ----------
    mentions, negatives, share
        Mentions, negative ones, and their share of the mentions.
    mentions_before, negatives_before
        The same over the hour before that.
    growth
        Negatives over those of the hour before; null where there were none.
    voices, expected_voices
        Fresh voices, and how many are usual.
    negative_voices, expected_negative_voices
        Fresh negative voices, and how many are usual.
    negative_voices_6h
        Fresh negative voices of the last six hours.
    copies
        Copies of another author's text.
    reach
        People reached by the widest publication shown.
    last_mention_at
        End of the latest minute with a mention, of the last six hours; null where there was none.
    trend
        Negatives of each ten minutes of the last six hours, oldest first.
    """

    mentions: int
    negatives: int
    share: float
    mentions_before: int
    negatives_before: int
    growth: float | None
    voices: int
    expected_voices: float
    negative_voices: int
    expected_negative_voices: float
    negative_voices_6h: int
    copies: int
    reach: int
    last_mention_at: str | None
    trend: list[int]


class NetworkPart(msgspec.Struct, frozen=True, kw_only=True):
    """One network's part.

    Parameters
    ----------
    network
        Its name.
    share, mentions, negatives
        Its share of the mentions since the incident began (six hours at most), and the counts.
    case_negatives
        Negatives of the case on it.
    spoken
        When the brand first spoke on the matter there; null for not yet.
    last_mention_at
        End of the latest minute with a mention on it, of the last six hours; null where there was none. Whether its
        source is silent is in the topic `sources`: heartbeats are combined by batch, so no picture can say it.
    """

    network: str
    share: float
    mentions: int
    negatives: int
    case_negatives: int
    spoken: str | None
    last_mention_at: str | None


class Carrier(msgspec.Struct, frozen=True):
    """A kind of author who carries it, of the publications known: how many, their publications, and the widest reach.

    `kind` is `official` (the brand itself), `public` (followed by at least `public_followers`) or `private`.
    """

    kind: str
    authors: int
    posts: int
    reach: int


class StatementEffect(msgspec.Struct, frozen=True):
    """The share of negatives after a statement less before it, in points with its 95 % interval, over some minutes.

    `verdict` is `helped`, `worse` or `unclear`.
    """

    verdict: str
    low: int
    points: int
    high: int
    minutes: int


class OfficialStatement(msgspec.Struct, frozen=True, kw_only=True):
    """An official statement since the incident began.

    Parameters
    ----------
    id, network, at, text
        The publication.
    marks
        What it does, as its marks (`holding`, `apology`, ...), in alphabetical order.
    on_the_matter
        Whether it speaks of the incident: one that does not was better held.
    replies, negative_replies
        Customers who replied to it within two hours, and those who did negatively.
    effect
        Null until it can be measured.
    """

    id: str
    network: str
    at: str
    text: str
    marks: list[str]
    on_the_matter: bool
    replies: int
    negative_replies: int
    effect: StatementEffect | None


class ActiveSignal(msgspec.Struct, frozen=True, kw_only=True):
    """A signal of the response desk that holds, as it was last published.

    Parameters
    ----------
    signal
        Of `streams.response.signals.SIGNALS`.
    severity
        `info`, `warning` or `critical`.
    since, due
        Since when it holds, and by when something was due; null where nothing was.
    values
        Its figures.
    posts
        Ids of the publications that it is about.
    """

    signal: str
    severity: str
    since: str
    due: str | None
    values: dict[str, int | float | str]
    posts: list[str]


class Deadline(msgspec.Struct, frozen=True):
    """Something that is due, and when: `holding`, `update`, `promise` or `scheduled` (a publication will appear)."""

    kind: str
    due: str


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of an open incident or case at a closed minute.

    Parameters
    ----------
    id
        The same in every run.
    incident
        Id of the case's incident; of the open incident where no case is open. Desk actions are about this id.
    open_incident
        Id of the incident that is open; null where the brand is calm and the case alone is open.
    brand
        The brand.
    at
        Earliest event time at which it could be published: the minute's end plus the lateness.
    minute
        End of the minute that it is of.
    ended
        Whether incident and case are over: the last picture of this incident.
    severity
        `calm`, `watch`, `warning` or `critical`.
    since
        When the incident began.
    warned_at
        When people were first alerted: its first warning or worse; null for not yet.
    case_open
        Whether a case is open.
    criteria
        Criteria that held at the last change of the open incident.
    planned
        Name of the planned event that explains it, where nothing but a surge is above usual.
    figures
        How much.
    networks
        Where, largest first, at most twenty.
    terms, posts
        What is said: terms that spread, and publications that carry it, most telling first.
    weaknesses
        Mentions of each known weakness.
    carriers
        Who carries it, as far as is known.
    answers
        Complaints, official replies and aggravating actions since the incident began (six hours at most).
    asks, promises
        Complaints of the case, or of the last day; promises.
    statements
        What the brand said since the incident began, oldest first, at most ten.
    signals
        Signals of the response desk that hold.
    deadlines
        What is due by event time, soonest first, overdue ones included.
    """

    type: Literal["situation"] = "situation"
    v: Literal[1] = 1
    id: str
    incident: str
    open_incident: str | None
    brand: str
    at: str
    minute: str
    ended: bool
    severity: str
    since: str
    warned_at: str | None
    case_open: bool
    criteria: list[str]
    planned: str | None = None
    figures: Figures
    networks: list[NetworkPart]
    terms: list[ShownTerm]
    posts: list[ShownPost]
    weaknesses: dict[str, int]
    carriers: list[Carrier]
    answers: AnswerCounts
    asks: ShownAsks
    promises: ShownPromises
    statements: list[OfficialStatement]
    signals: list[ActiveSignal]
    deadlines: list[Deadline]

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, line: bytes) -> "Situation":
        """Decode what `to_json` returned.

        Raises
        ------
        msgspec.DecodeError
            It is not a situation of this version.
        """
        return msgspec.json.decode(line, type=cls)
