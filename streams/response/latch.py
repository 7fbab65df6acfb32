"""A latched signal: it holds for a fixed span after each occurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.response.signal import SEVERITIES, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext


class Latched:
    """Hold for some minutes after the latest occurrence, at the worst severity among those that still hold.

    Parameters
    ----------
    minutes
        How long an occurrence holds.
    """

    case_only = False

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        self.fact: Fact | None = None
        self.at_rest = True
        self.until = 0

    def occur(self, fact: Fact, now: int, desk: DeskContext) -> None:
        """Note an occurrence at a minute."""
        current = self.fact if now < self.until else None
        if current is not None:
            worse = max(current.severity, fact.severity, key=SEVERITIES.index)
            posts = tuple(dict.fromkeys(fact.posts + current.posts))[:5]
            fact = fact._replace(since=current.since, severity=worse, posts=posts)
        self.fact = fact
        self.until = now + self.minutes
        self.at_rest = False
        desk.wake(self.until)

    def end(self) -> None:
        """End it."""
        self.fact = None

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the occurrence that holds at a minute."""
        if now < self.until:
            return self.fact
        self.at_rest = True
        return None

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return [self.fact, self.until]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        fact, self.until = state
        self.fact = None if fact is None else msgspec.convert(fact, Fact)
        self.at_rest = self.fact is None
