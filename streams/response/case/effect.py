"""The effect of a statement: the share of negatives after it against before, with Newcombe's interval.

References
----------
Newcombe (1998), Interval estimation for the difference between independent proportions,
doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.response.signal import INFO, Fact, Post

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

Z = 1.959964
MAX_STATEMENTS = 16
LATER = 3
"""The effect is measured again after so many times as long: the talk of an incident turns slowly."""


class Difference(NamedTuple):
    """A difference of two shares and its 95 % interval."""

    low: float
    mid: float
    high: float

    @property
    def verdict(self) -> str:
        """`helped` where the share fell, `worse` where it rose, `unclear` where chance may have done either."""
        if self.high < 0:
            return "helped"
        return "worse" if self.low > 0 else "unclear"


def difference(before: int, of_before: int, after: int, of_after: int) -> Difference:
    """Return the difference of two shares, after less before, with Newcombe's interval without continuity correction.

    Examples
    --------
    >>> change = difference(167, 349, 1152, 1534)
    >>> [round(100 * value) for value in change], change.verdict
    ([22, 27, 33], 'worse')
    """
    first, last = before / of_before, after / of_after
    low_1, high_1 = _wilson(first, of_before)
    low_2, high_2 = _wilson(last, of_after)
    mid = last - first
    below = sqrt((last - low_2) ** 2 + (high_1 - first) ** 2)
    above = sqrt((high_2 - last) ** 2 + (first - low_1) ** 2)
    return Difference(mid - below, mid, mid + above)


def _wilson(share: float, of: int) -> tuple[float, float]:
    centre = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return centre - half, centre + half


class Effect:
    """Report the effect of each statement made during an incident or a case, once it can be measured."""

    name = "effect"
    case_only = False

    def __init__(self) -> None:
        # By statement and span: its minute, the minutes before and after it that are compared, and the post.
        self._waiting: list[tuple[int, int, Post]] = []

    @property
    def at_rest(self) -> bool:
        """Whether there is none."""
        return not self._waiting

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Note the statements."""
        if desk.case is None and not desk.incident_open:
            return
        for post in desk.posts.fresh:
            if post.statement and len(self._waiting) < 2 * MAX_STATEMENTS:
                for times in (1, LATER):
                    span = times * desk.settings.effect_minutes
                    self._waiting.append((post.minute, span, post.shown))
                    desk.wake(post.minute + span)

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return nothing: an effect is reported once."""
        return None

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return the effects of the statements that are old enough."""
        least = desk.settings.effect_least
        ready = [item for item in self._waiting if item[0] + item[1] <= now]
        self._waiting = [item for item in self._waiting if item[0] + item[1] > now]
        facts = []
        for minute, span, post in ready:
            of_before, before = desk.tones.sums(minute - span, minute)
            of_after, after = desk.tones.sums(minute, minute + span)
            suspended = desk.case is not None and desk.case.suspended
            if min(of_before, of_after) < least or suspended:
                continue
            change = difference(before, of_before, after, of_after)
            points = [round(100 * value) for value in change]
            values = (("verdict", change.verdict), ("low", points[0]), ("points", points[1]), ("high", points[2]))
            facts.append(Fact(INFO, minute, None, (*values, ("minutes", span)), (post,)))
        return facts

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return self._waiting

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        self._waiting = [(minute, span, Post(*post)) for minute, span, post in state]
