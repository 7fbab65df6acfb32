"""The signal `wrong_network`: the brand spoke, but not where the negatives of its case are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.case.case import REST
from streams.response.signal import WARNING, Fact, Stateless

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.response.case.case import Case
    from streams.response.desk_context import DeskContext

FOLLOW_MINUTES = 30
"""Time to repeat a word on the other networks."""


class WrongNetwork(Stateless):
    """Half of a case's negatives are on networks where nothing was said on the matter."""

    name = "wrong_network"

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the network with most negatives among those left out."""
        case = desk.case
        if case is None or case.suspended or not case.spoken:
            return None
        due = min(case.spoken.values()) + FOLLOW_MINUTES
        if now < due:
            desk.wake(due)
            return None
        left_out, share = uncovered(case, desk.known.blind_networks)
        if not left_out or share < desk.settings.uncovered_share:
            return None
        network = min(left_out, key=lambda name: (-left_out[name], name))
        return Fact(WARNING, due, None, (("share", round(share, 2)), ("network", network)))


def uncovered(case: Case, blind: Collection[str]) -> tuple[dict[str, int], float]:
    """Return the negatives by network where nothing was said on the matter, and their share of all.

    Networks without an official voice in their source, the `blind` ones, are left out.
    """
    seen = {name: n for name, n in case.negatives.items() if name not in blind}
    left_out = {name: n for name, n in seen.items() if name not in case.spoken and name != REST}
    return left_out, sum(left_out.values()) / max(1, sum(seen.values()))
