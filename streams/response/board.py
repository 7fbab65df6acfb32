"""The board of the response desk: which signals hold as last published, what statements did, when people were alerted.

It is filled from the events alone, so it is the same in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streams.response.desk import BEGINS, CASE, ENDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.response.desk_event import DeskEvent

MAX_EFFECTS = 16
MAX_POSTS = 10
MAX_INCIDENTS = 16
_PAGES = frozenset(("warning", "critical"))


class Held(NamedTuple):
    """A signal that holds: its severity, since when, by when something was due, its figures, ids of publications."""

    severity: str
    since: str
    due: str | None
    values: dict[str, int | float | str]
    posts: list[str]


class Board:
    """What the response desk of a brand last published.

    Attributes
    ----------
    signals
        Those that hold, by name, in the order in which they began.
    effects
        By id of a statement: the figures of its effect; the latest `MAX_EFFECTS`.
    times
        By incident, since the brand was last calm and without a case: when it began, and when it was first a warning
        or worse, 0 for not yet; minutes since the epoch.

    Examples
    --------
    >>> board = Board()
    >>> for minute, severity in ((100, "watch"), (110, "warning"), (120, "critical")):
    ...     board.follow("Acme/1", minute, 90, severity, anew=minute == 100)
    >>> board.times
    {'Acme/1': (90, 110)}
    """

    def __init__(self) -> None:
        self.signals: dict[str, Held] = {}
        self.effects: dict[str, dict[str, int | float | str]] = {}
        self.times: dict[str, tuple[int, int]] = {}

    def follow(self, incident: str, minute: int, since: int, severity: str, *, anew: bool) -> None:
        """Note a change of an incident; `anew` says that neither an incident nor a case was open before it."""
        if anew:
            self.times.clear()
        began, warned = self.times.get(incident, (since, 0))
        self.times[incident] = began, warned or (minute if severity in _PAGES else 0)
        if len(self.times) > MAX_INCIDENTS:
            del self.times[list(self.times)[1]]  # the first is the case's

    def note(self, events: Iterable[DeskEvent]) -> None:
        """Note events of the response desk, in order."""
        for event in events:
            ids = [post.id for post in event.posts][:MAX_POSTS]
            if event.signal == CASE:
                continue
            if event.state == BEGINS:
                self.signals[event.signal] = Held(event.severity, event.since, event.due, event.values, ids)
            elif event.state == ENDS:
                self.signals.pop(event.signal, None)
            elif event.signal == "effect" and ids:
                self.effects[ids[0]] = event.values
                while len(self.effects) > MAX_EFFECTS:
                    del self.effects[next(iter(self.effects))]

    def state(self) -> list[Any]:
        """Return the state as plain numbers, strings and lists."""
        signals = [[name, *held] for name, held in self.signals.items()]
        return [signals, list(self.effects.items()), list(self.times.items())]

    def restore(self, state: list[Any]) -> None:
        """Go on from a state."""
        signals, effects, times = state
        self.signals = {name: Held(*held) for name, *held in signals}
        self.effects = dict(effects)
        self.times = {incident: (since, warned) for incident, (since, warned) in times}
