"""The interface of a criterion: what each one implements, and what it answers where it holds."""

from typing import Any, NamedTuple, Protocol

from detectors.anomaly.reading import Reading
from detectors.change import Reached
from detectors.criteria.readings import Signal
from detectors.observation import Observation
from detectors.severity import Severity

__all__ = ["Criterion", "Holding"]


class Holding(NamedTuple):
    """A criterion that holds at one moment.

    Parameters
    ----------
    severity
        The severity it asks for.
    reading
        The reading it rests on; None for a criterion without a score.
    posts
        Identifiers of the publications it rests on, widest first.
    reached
        The widest publication of those that ask for the severity; None for a criterion that is not about reach.
    """

    severity: Severity
    reading: Reading | None = None
    posts: tuple[str, ...] = ()
    reached: Reached | None = None


class Criterion(Protocol):
    """One reason for an incident, learned online for one brand.

    Every method runs in event time and must be deterministic: no wall clock, no randomness, no I/O. `learn` and `holds`
    run for every closed minute of every brand, so they must not walk through windows: sum over `RecentCounts` instead.

    Attributes
    ----------
    name
        Its name, one of `detectors.severity.CRITERIA`.
    windows
        Field of the recent counts and length in minutes of each window that its readings cover; empty without readings.
        After an incident the criterion holds only where it exceeds the incident's peak in the same window.
    """

    name: str
    windows: tuple[tuple[int, int], ...]

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Learn from a closed minute, and from the hours before it.

        Parameters
        ----------
        observation
            The minute, later than every one before. Its counts are not in the recent counts yet.
        calm
            Whether there is no incident: what happens during one is not usual.
        """

    def holds(self, end: int) -> Holding | None:
        """Return what it asks for by the minutes before `end`; None where it does not hold.

        `end` never decreases, but for a criterion with `windows`: where mentions came late, past ones are judged again.
        """

    def elevated(self, end: int) -> bool:
        """Return whether it keeps an open incident from closing: its score is still near the threshold."""

    def signal(self, end: int) -> Signal:
        """Return what metrics show of it; nothing may be learned here."""

    def state(self) -> Any:
        """Return what was learned as plain numbers, strings, lists and dictionaries, without the recent counts.

        A brand's state must stay below 16 KB, whatever was learned.
        """

    def restore(self, state: Any) -> None:
        """Restore what `state` returned: from there on all answers are the same. Recent counts are restored before."""
