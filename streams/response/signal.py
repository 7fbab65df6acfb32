"""The signal of the response desk: one thing that is wrong with how a brand answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

INFO, WARNING, CRITICAL = "info", "warning", "critical"
SEVERITIES = (INFO, WARNING, CRITICAL)
MINUTE_S = 60
HOUR_S = 3600

Value = int | float | str


class Post(NamedTuple):
    """A publication of the brand that a signal is about."""

    id: str
    network: str
    at: int
    text: str


class Fact(NamedTuple):
    """Why a signal holds.

    Parameters
    ----------
    severity
        `info`, `warning` or `critical`.
    since
        Minute since which it holds.
    due
        Minute by which something was due; None where nothing was.
    values
        Figures for the phrase that a person reads, plain numbers and names.
    posts
        Publications of the brand that it is about.
    """

    severity: str
    since: int
    due: int | None = None
    values: tuple[tuple[str, Value], ...] = ()
    posts: tuple[Post, ...] = ()


class Signal(Protocol):
    """One signal. Its state is plain numbers, strings and lists, and bounded.

    Attributes
    ----------
    name
        Of `SIGNALS`.
    case_only
        Whether it holds in a case alone, and learns and tells nothing.
    """

    name: str
    case_only: bool

    @property
    def at_rest(self) -> bool:
        """Whether neither `holds` nor `facts` has anything to return, or to forget, before something is learned."""

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return why the signal holds at a minute, or None. What may change later is announced by `desk.wake`."""

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return single facts found since the last call, that hold for no span of time."""

    def state(self) -> Any:
        """Return its state."""

    def restore(self, state: Any) -> None:
        """Go on from a state."""


class Stateless:
    """The part of a signal that holds in a case alone, learns nothing of its own and reports no single fact."""

    case_only = True
    at_rest = False

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn nothing."""

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return nothing."""
        return None

    def restore(self, state: Any) -> None:
        """Go on."""
