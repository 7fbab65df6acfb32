"""The signal `wrong_network`: the brand spoke, but not where the negatives of its case are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.case.case import REST
from streams.response.signal import WARNING, Fact, Stateless

if TYPE_CHECKING:
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
        seen = {name: n for name, n in case.negatives.items() if name not in desk.known.blind_networks}
        left_out = {name: n for name, n in seen.items() if name not in case.spoken and name != REST}
        total = sum(seen.values())
        if not left_out or sum(left_out.values()) < desk.settings.uncovered_share * total:
            return None
        network = min(left_out, key=lambda name: (-left_out[name], name))
        share = round(sum(left_out.values()) / total, 2)
        return Fact(WARNING, due, None, (("share", share), ("network", network)))
