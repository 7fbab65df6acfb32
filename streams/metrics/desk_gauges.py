"""Gauges and counters of the response desks of the brands that a process watches, set from their state."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from streams.metrics import desk_families as d
from streams.response.case.wrong_network import uncovered
from streams.response.conduct.canned import Canned
from streams.response.conduct.claims import Claims
from streams.response.conduct.over_reply import OverReply
from streams.response.conduct.scheduled_pending import ScheduledPending
from streams.response.signal import SEVERITIES
from streams.response.signals import SIGNALS

if TYPE_CHECKING:
    from streams.metrics.family import Family
    from streams.metrics.registry import Metrics
    from streams.response.case.case import Case
    from streams.response.desk import Desk
    from streams.response.desk_event import DeskEvent
    from streams.settings.config import Config
    from streams.watching.brand_watch import BrandWatch

S = TypeVar("S")

SPANS = tuple(name for name in SIGNALS if name not in {"case", "effect"})
"""Signals that hold for a span of time: the values of the label `signal`."""
EFFECT_SHOWN_S = 24 * 3600
_CASE_TIMES = (d.CASE_OPENED, d.CASE_FIRST_WORD, d.CASE_STATEMENT, d.UNCOVERED)
_CLUES = {"deletion_claimed": "deleted", "unkept": "unanswered"}
_BOUNDS = {"low": "low", "points": "mid", "high": "high"}


class DeskGauges:
    """Set the metrics of the response desks that one process runs.

    Totals are those of the desk's state, which a restart does not lose: the counters go on where they were.

    Parameters
    ----------
    metrics
        The registry.
    config
        Options of the response desk.
    """

    def __init__(self, metrics: Metrics, config: Config) -> None:
        self.metrics = metrics
        self.config = config
        # Families whose series of a brand are exported now, and are to be removed when they end.
        self._exported: dict[str, set[Family]] = {}
        # By brand: the hour of event time in which its presence was looked at, for it changes over days.
        self._present_at: dict[str, int] = {}
        # By brand: event time of the effect that is exported, in seconds.
        self._effects: dict[str, float] = {}

    def update_from(self, watch: BrandWatch) -> None:
        """Set the metrics of a brand to the state of its desk at its watermark."""
        brand, now, desk = watch.brand, watch.opened, watch.desk.desk
        settings = self.config.desk_settings(brand)
        if now is None or not settings.enabled:
            return
        self._set_signals(brand, desk)
        self._set_clues(brand, desk)
        if now * 60 - self._effects.get(brand, now * 60) > EFFECT_SHOWN_S:
            del self._effects[brand]
            self._remove(brand, d.EFFECT)
        if not desk.context.voiced:
            return
        self.metrics.set(d.OBJECTIVE, settings.reply_objective, brand)
        self.metrics.set(d.WITHIN, settings.reply_within_minutes * 60, brand)
        self._set_totals(brand, desk)
        self._set_waiting(brand, desk, now)
        self._set_case(brand, desk.context.case, desk.context.known.blind_networks)
        if self._present_at.get(brand) != now // 60:
            self._present_at[brand] = now // 60
            self._set_presence(brand, desk, now)
        self.metrics.set(d.CANNED, _signal(desk, Canned).share(now)[0], brand)
        self.metrics.set(d.EXCESS, _signal(desk, OverReply).excess_share, brand)
        self.metrics.set(d.SCHEDULED, _signal(desk, ScheduledPending).pending(now), brand)

    def record_event(self, event: DeskEvent) -> None:
        """Set the effect of the brand's latest statement; the other metrics are those of the desk's state."""
        if event.signal != "effect":
            return
        self._effects[event.brand] = datetime.fromisoformat(event.at).timestamp()
        for name, bound in _BOUNDS.items():
            self._set(event.brand, d.EFFECT, float(event.values[name]) / 100, bound)

    def forget(self, brand: str) -> None:
        """Forget a brand whose series were removed."""
        self._exported.pop(brand, None)
        self._effects.pop(brand, None)
        self._present_at.pop(brand, None)

    def _set_presence(self, brand: str, desk: Desk, now: int) -> None:
        self._remove(brand, d.ABSENT)
        for network, share in desk.presence.absent(now, desk.context.known.blind_networks).items():
            self._set(brand, d.ABSENT, share, network)

    def _set_signals(self, brand: str, desk: Desk) -> None:
        if not desk.active and desk.context.case is None:
            self._remove(brand, d.SIGNAL)
            return
        for name in SPANS:
            severity, _ = desk.active.get(name, ("", ""))
            self._set(brand, d.SIGNAL, SEVERITIES.index(severity) + 1 if severity else 0, name)

    def _set_clues(self, brand: str, desk: Desk) -> None:
        counts = {signal.name: signal.authors for signal in desk.signals if isinstance(signal, Claims)}
        if not any(counts.values()):
            self._remove(brand, d.CLUES)
            return
        for name, people in counts.items():
            self._set(brand, d.CLUES, people, _CLUES[name])

    def _set_totals(self, brand: str, desk: Desk) -> None:
        metrics, complaints = self.metrics, desk.context.complaints
        metrics.set_buckets(d.FIRST_REPLY, complaints.buckets, brand)
        metrics.set_total(d.REPLIES_DUE, complaints.in_time, brand, "in_time")
        metrics.set_total(d.REPLIES_DUE, complaints.late, brand, "late")
        metrics.set_total(d.UNMATCHED, complaints.unmatched, brand)
        for state, total in desk.promises.totals.items():
            metrics.set_total(d.PROMISES, total, brand, state)
        metrics.set(d.PROMISES_OPEN, desk.promises.open, brand)
        other, negative = complaints.third
        metrics.set_total(d.THIRD_REPLIES, other, brand, "other")
        metrics.set_total(d.THIRD_REPLIES, negative, brand, "negative")

    def _set_waiting(self, brand: str, desk: Desk, now: int) -> None:
        case = desk.context.case
        day = desk.context.complaints.waiting(now)
        since = {"day": day} if case is None else {"day": day, "case": desk.context.complaints.waiting(now, case.since)}
        for name, waiting in since.items():
            self.metrics.set(d.OPEN_COMPLAINTS, waiting.open, brand, name)
            self.metrics.set(d.OVERDUE_COMPLAINTS, waiting.overdue, brand, name)
        if case is None and self._is_exported(brand, d.CASE_OPENED):
            for family in (d.OPEN_COMPLAINTS, d.OVERDUE_COMPLAINTS):
                self.metrics.remove(family, brand=brand, since="case")
        oldest = since.get("case", day).oldest_overdue
        if oldest:
            self._set(brand, d.OLDEST_OVERDUE, oldest)
        else:
            self._remove(brand, d.OLDEST_OVERDUE)

    def _set_case(self, brand: str, case: Case | None, blind: frozenset[str]) -> None:
        if case is None:
            for family in _CASE_TIMES:
                self._remove(brand, family)
            return
        times = (
            (d.CASE_OPENED, case.opened),
            (d.CASE_FIRST_WORD, case.first_word_at),
            (d.CASE_STATEMENT, case.statement_at),
        )
        for family, minute in times:
            if minute:
                self._set(brand, family, minute * 60)
            else:
                self._remove(brand, family)
        if case.spoken:
            self._set(brand, d.UNCOVERED, uncovered(case, blind)[1])
        else:
            self._remove(brand, d.UNCOVERED)

    def _set(self, brand: str, family: Family, value: float, *labels: str) -> None:
        self._exported.setdefault(brand, set()).add(family)
        self.metrics.set(family, value, brand, *labels)

    def _is_exported(self, brand: str, family: Family) -> bool:
        return family in self._exported.get(brand, ())

    def _remove(self, brand: str, family: Family) -> None:
        # Removing looks at every series of a family: only where there is one.
        if self._is_exported(brand, family):
            self._exported[brand].discard(family)
            self.metrics.remove(family, brand=brand)


def _signal(desk: Desk, kind: type[S]) -> S:
    return next(signal for signal in desk.signals if isinstance(signal, kind))
