"""The presence of a brand: on which of the networks where it is spoken of it has an official voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streams.response.observation import DeskObservation

DAYS = 30
SHARE = 0.1
MAX_NETWORKS = 20


class Presence:
    """Mentions by day and network of the last `DAYS`, and the last day of an official word on each.

    Examples
    --------
    >>> from streams.response.observation import DeskObservation, Tone
    >>> presence = Presence()
    >>> presence.observe(DeskObservation(72_000, [Tone("forum", 72_000, 9, 0)], [], [], [], [], [], 1, [], []))
    >>> presence.absent(72_060)
    {'forum': 1.0}
    """

    def __init__(self) -> None:
        self._days: dict[int, dict[str, int]] = {}
        self._spoke: dict[str, int] = {}

    def observe(self, seen: DeskObservation) -> None:
        """Learn a closed minute."""
        today = seen.minute // 1440
        if today not in self._days:
            self._days = {day: row for day, row in self._days.items() if day > today - DAYS} | {today: {}}
        row = self._days[today]
        for tone in seen.tones:
            if tone.network in row or len(row) < MAX_NETWORKS:
                row[tone.network] = row.get(tone.network, 0) + tone.spoken
        for said in (seen.statements, seen.answers):
            for network, _ in said:
                if network in self._spoke or len(self._spoke) < MAX_NETWORKS:
                    self._spoke[network] = today

    @property
    def latest(self) -> int:
        """The beginning of the latest day that was learned, in minutes since the epoch; 0 before the first."""
        return max(self._days, default=0) * 1440

    def absent(self, minute: int, blind: frozenset[str] = frozenset()) -> dict[str, float]:
        """Return the share of mentions of each network of at least `SHARE` on which the brand said nothing.

        Parameters
        ----------
        minute
            Minutes since the epoch.
        blind
            Networks whose sources show no official post: left out.
        """
        oldest = minute // 1440 - DAYS
        totals: dict[str, int] = {}
        for day, row in self._days.items():
            if day > oldest:
                for network, count in row.items():
                    totals[network] = totals.get(network, 0) + count
        every = sum(totals.values())
        return {
            network: round(count / every, 2)
            for network, count in sorted(totals.items())
            if network not in blind and count >= SHARE * every and self._spoke.get(network, -1) <= oldest
        }

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return [[[day, sorted(row.items())] for day, row in sorted(self._days.items())], sorted(self._spoke.items())]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        days, spoke = state
        self._days = {day: dict(row) for day, row in days}
        self._spoke = dict(spoke)
