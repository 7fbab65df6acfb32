"""The signal `canned`: most replies of six hours begin with the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.response.conduct.commonest import Commonest
from streams.response.signal import INFO, WARNING, Fact
from streams.scoring.rollup_desk import PRIVATE

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

WINDOW = 360
MAX_LEADS = 64
"""Distinct first words of a minute that are counted."""


class Canned:
    """One text for everybody: the share of the commonest first words among a brand's texts, by network.

    Statements count as well, for many sources do not say what a text replies to; one statement on three networks is
    counted on each by itself.
    """

    name = "canned"
    case_only = False

    def __init__(self) -> None:
        # By minute, oldest first; and over all of them.
        self._minutes: dict[int, dict[tuple[str, int], int]] = {}
        self._leads = Commonest[tuple[str, int]]()

    @property
    def at_rest(self) -> bool:
        """Whether there is none."""
        return not self._minutes

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        leads = [(network, row.lead) for network, row in seen.answers if row.lead and not row.flags & PRIVATE]
        leads += [(network, stated.lead) for network, stated in seen.statements if stated.lead]
        if leads:
            counts = self._minutes.setdefault(seen.minute, {})
            for lead in leads:
                if lead in counts or len(counts) < MAX_LEADS:
                    counts[lead] = counts.get(lead, 0) + 1
                    self._leads.add(lead, 1)
            desk.wake(seen.minute + WINDOW)

    def share(self, now: int) -> tuple[float, int]:
        """Return the share of the commonest first words of the last six hours, and how many texts there are."""
        totals: dict[tuple[str, int], int] = {}
        for minute, row in self._minutes.items():
            for lead, count in row.items() if minute > now - WINDOW else ():
                totals[lead] = totals.get(lead, 0) + count
        texts = sum(totals.values())
        return (max(totals.values()) / texts, texts) if texts else (0.0, 0)

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the share of the commonest first words."""
        while self._minutes and (oldest := next(iter(self._minutes))) <= now - WINDOW:
            for lead, count in self._minutes.pop(oldest).items():
                self._leads.add(lead, -count)
        texts = self._leads.total
        if not texts or texts < desk.settings.canned_least:
            return None
        share = self._leads.highest / texts
        if share <= desk.settings.canned_share:
            return None
        values = (("share", round(share, 2)), ("replies", texts))
        return Fact(INFO if desk.case is None else WARNING, min(self._minutes), None, values)

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return [
            [minute, [[*lead, count] for lead, count in sorted(row.items())]]
            for minute, row in sorted(self._minutes.items())
        ]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        self._minutes = {minute: {(network, lead): n for network, lead, n in row} for minute, row in state}
        self._leads = Commonest()
        for row in self._minutes.values():
            for lead, count in row.items():
                self._leads.add(lead, count)
