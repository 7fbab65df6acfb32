"""The desk event: published when a signal of the response desk begins, gets worse or ends; one JSON object a line."""

from typing import Literal

import msgspec


class ShownNetwork(msgspec.Struct, frozen=True):
    """Negatives of the case on one network, and when the brand first spoke on the matter there; null for not yet."""

    negatives: int
    spoken: str | None


class ShownAsks(msgspec.Struct, frozen=True):
    """Customers with a complaint: waiting, waiting too long, answered; the median first response time in seconds.

    `estimated` says that they are a sample.
    """

    open: int
    overdue: int
    answered: int
    first_reply_p50_s: int | None
    estimated: bool


class ShownPromises(msgspec.Struct, frozen=True):
    """Promises with a time: open, kept and broken so far."""

    open: int
    kept: int
    broken: int


class ShownOfficial(msgspec.Struct, frozen=True):
    """A publication of the brand that a signal is about."""

    id: str
    network: str
    at: str
    text: str


class DeskEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One change of how a brand answers.

    Parameters
    ----------
    id
        Id of the event, the same in every run.
    incident
        Id of the case's incident; null where no case is open.
    brand
        The brand.
    at
        Earliest event time at which the event could be published.
    signal
        Of `streams.response.signals.SIGNALS`.
    state
        `begins` (also when it gets worse), `ends`, or `told` for a single fact.
    severity
        `info`, `warning` or `critical`.
    since, due
        Since when it holds, and by when something was due; null where nothing was.
    networks
        The case by network, most negatives first.
    asks, promises
        Complaints of the case, or of the last day; promises.
    posts
        Publications of the brand that it is about.
    values
        Figures of the signal.
    why, next, summary
        Why it holds, what to do, and one line for a person, in the configured language.
    """

    type: Literal["desk"] = "desk"
    v: Literal[1] = 1
    id: str
    incident: str | None
    brand: str
    at: str
    signal: str
    state: str
    severity: str
    since: str
    due: str | None
    networks: dict[str, ShownNetwork]
    asks: ShownAsks
    promises: ShownPromises
    posts: list[ShownOfficial]
    values: dict[str, int | float | str]
    why: str
    next: str
    summary: str

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break."""
        return msgspec.json.encode(self)
