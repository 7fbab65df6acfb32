"""The incident event: published when a brand's incident opens, gets worse or closes; one JSON object a line."""

from typing import Literal, NamedTuple

import msgspec

from streams.event_time import MINUTE_MS, rfc3339


class IncidentKey(NamedTuple):
    """Identity of an incident: the brand, the minute it was first reported, the minute it began."""

    brand: str
    opened: int
    since: int

    @property
    def id(self) -> str:
        """The incident's id, the same in every run.

        Examples
        --------
        >>> IncidentKey("Acme", 22_322_880, 22_322_800).id
        'Acme/2012-06-11T00:00:00Z'
        """
        return f"{self.brand}/{rfc3339(self.opened * MINUTE_MS)}"


class ShownTerm(msgspec.Struct, frozen=True):
    """A term that spreads, and how many of the sampled mentions use it."""

    term: str
    count: int


class ShownPost(msgspec.Struct, frozen=True):
    """A publication that carries the incident."""

    id: str
    network: str
    author: str
    reach: int
    reposts: int
    negativity: float
    text: str
    url: str
    followers: int = 0


class AnswerCounts(msgspec.Struct, frozen=True):
    """Response in the window: complaints, official replies, and aggravating actions."""

    complaints: int
    answers: int
    deletions: int
    blocks: int
    scheduled: int


class Escalation(msgspec.Struct, frozen=True):
    """Why an incident is critical: minutes a warning had held, people negative in six hours, or both criteria."""

    warned_minutes: int
    negatives: int
    both_criteria: bool


class ShownReach(msgspec.Struct, frozen=True):
    """The widest publication that holds the reach criterion: its id, people reached, and the brand's usual reach."""

    post: str
    people: int
    usual: int


class IncidentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a brand's incident: of its severity, or a flood that begins in it.

    Parameters
    ----------
    id, incident
        Ids of the event and of its incident; the same in every run.
    brand
        The brand.
    at
        Earliest event time at which the event could be published: the bucket's end plus the lateness.
    severity, previous
        `calm`, `watch`, `warning` or `critical`.
    criteria
        Those that hold: of `detectors.severity.CRITERIA`.
    since
        When the incident began.
    window_minutes
        The span over which the figures were measured.
    observed, expected, factor
        Distinct people; where the first criterion is reach, people reached by the widest post and the usual reach;
        where it is coordinated, copies. The factor is null near a zero baseline.
    score
        -log10 of the probability of that by chance; 0 for reach.
    authors, negatives, copies
        Distinct authors, negative ones, and copies of somebody else's text.
    networks
        Each network's share of the mentions, largest first.
    terms, posts
        The terms that spread, and the publications that carry the incident.
    answers
        Response in the window.
    weaknesses
        Mentions of each known weakness.
    escalation
        Why it is worse than a warning, where it is critical; else null.
    reached
        The widest publication that holds the reach criterion; null where it does not hold.
    planned
        Name of the planned event that explains it, where nothing but a surge is above usual; else absent.
    figures
        How much, where and since when, in the configured language and time zone; empty when calm.
    summary
        One line to read at three in the morning, in the configured language and time zone.
    """

    type: Literal["incident"] = "incident"
    v: Literal[1] = 1
    id: str
    incident: str
    brand: str
    at: str
    severity: str
    previous: str
    criteria: list[str]
    since: str
    window_minutes: int
    observed: float
    expected: float
    factor: float | None
    score: float
    authors: int
    negatives: int
    copies: int
    networks: dict[str, float]
    terms: list[ShownTerm]
    posts: list[ShownPost]
    answers: AnswerCounts
    weaknesses: dict[str, int]
    escalation: Escalation | None = None
    reached: ShownReach | None = None
    planned: str | msgspec.UnsetType = msgspec.UNSET
    figures: str = ""
    summary: str

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, line: bytes) -> "IncidentEvent":
        """Decode what `to_json` returned.

        Raises
        ------
        msgspec.DecodeError
            It is not an incident event.
        """
        return msgspec.json.decode(line, type=cls)
