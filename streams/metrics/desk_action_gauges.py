"""Gauges of what people owe: set from the situations, the desk states and the wall clock, before each scrape."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.desk_log.fold import DeskState
from streams.desk_log.overdue import Overdue, overdue
from streams.metrics import desk_action_families as f
from streams.metrics.registry import Metrics
from streams.situations.situation import Situation

REAL = "real"


class Watched(NamedTuple):
    """An incident of the desk log or of `situations`: its latest picture, None where there is none any more."""

    brand: str
    situation: Situation | None
    state: DeskState


class DeskActionGauges:
    """Export what people owe, by brand: the longest of its incidents.

    Parameters
    ----------
    metrics
        The registry of the process.

    Examples
    --------
    >>> metrics = Metrics()
    >>> DeskActionGauges(metrics).update([Watched("Acme", None, DeskState("Acme/1"))], now_ms=0)
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._brands: set[str] = set()
        self._judged: dict[str, str] = {}

    def update(self, incidents: Iterable[Watched], now_ms: int) -> None:
        """Set the gauges of the brands that owe something or have an open incident, and remove those of the others.

        Parameters
        ----------
        incidents
            Every incident that is known.
        now_ms
            Milliseconds since the epoch.
        """
        by_brand: dict[str, list[Overdue]] = {}
        for each in incidents:
            self._judge(each)
            found = overdue(each.situation, each.state, now_ms)
            if found.promise_s or (each.situation is not None and not each.situation.ended):
                by_brand.setdefault(each.brand, []).append(found)
        for brand, every in by_brand.items():
            self._set(brand, every)
        for brand in self._brands.difference(by_brand):
            for family in f.FAMILIES:
                if family.type == "gauge":
                    self._metrics.remove(family, brand=self._metrics.label_value("brand", brand))
        self._brands = set(by_brand)

    def _set(self, brand: str, every: list[Overdue]) -> None:
        values = {
            f.UNACKNOWLEDGED: max(each.unacknowledged_s for each in every),
            f.PROMISE_OVERDUE: max(each.promise_s for each in every),
            f.POSTED: sum(each.posted for each in every),
            f.STATEMENT_SENT: any(each.statement_sent for each in every),
            f.HELD: any(each.held for each in every),
            f.ROLES_OPEN: max(each.roles_open for each in every),
        }
        for family, value in values.items():
            self._metrics.set(family, value, brand)

    def _judge(self, each: Watched) -> None:
        verdict = verdict_of(each.state)
        # A counter never falls: what is judged anew counts under its new verdict, too.
        if verdict and self._judged.get(each.state.incident) != verdict:
            self._judged[each.state.incident] = verdict
            self._metrics.inc(f.ALERTS, each.brand, verdict)


def verdict_of(state: DeskState) -> str:
    """Return what people say that an incident was: `false_alarm`, `planned`, `real`; empty where they have not said.

    Examples
    --------
    >>> verdict_of(DeskState("Acme/1"))
    ''
    """
    if state.verdict is not None:
        return state.verdict.kind
    return REAL if state.closed is not None else ""
