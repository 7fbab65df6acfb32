"""Warm-up: a brand's watch takes over what a record of its past has taught, and alerts on nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.brand import BrandDetector
from detectors.errors import StateError
from streams.scoring.learned import WARM_UP_NETWORK, Learned
from streams.scoring.rollup import Counts, Rollup

if TYPE_CHECKING:
    from streams.watching.brand_watch import BrandWatch
    from streams.watching.watch_event import WatchEvent


def learning_until(watch: BrandWatch) -> int | None:
    """Return the minute in which a watch ends to learn without alerting; `None` where it does not learn any more."""
    if watch.opened is None:
        return None
    until = watch.readings(watch.opened).learning_until
    return until if watch.opened <= until else None


def learned_rollup(watch: BrandWatch) -> Rollup | None:
    """Return the rollup that teaches another watch of the brand what this one has learned.

    Parameters
    ----------
    watch
        At the end of a record.

    Returns
    -------
    Rollup or None
        None where the record is too short: its whole span is still learned.
    """
    if watch.opened is None or learning_until(watch) is not None:
        return None
    learned = Learned(watch.opened, watch.state().detectors, watch.term_samples())
    return Rollup(watch.brand, WARM_UP_NETWORK, watch.opened, 0, Counts(), learned=learned)


def warm_up(watch: BrandWatch, learned: Learned) -> list[WatchEvent]:
    """Replace what a watch has learned, while it is new or still learns, by what an older record has taught.

    Its recent minutes, its event time and its response desk stay. The hours between the record and them are a gap or
    quiet, as silence always is. Nothing changes where the watch has learned by itself, where the record is newer than
    its own minutes, or where another version of the detectors wrote it.

    Parameters
    ----------
    watch
        Of the brand.
    learned
        What the record has taught.

    Returns
    -------
    list of WatchEvent
        None: nothing of the past is alerted on.
    """
    if watch.opened is not None and (learning_until(watch) is None or learned.until > watch.opened):
        return []
    own, config = watch._detector, watch.config
    state = {**learned.detectors, "now": max(own.now, learned.until), "incident": own.incident.state()}
    try:
        watch._detector = BrandDetector.restore(
            config.settings(watch.brand), state, own.recent_rows(), config.local_hours
        )
    except (StateError, KeyError, TypeError, ValueError):
        return []  # of another version
    watch.terms.restore(learned.terms)
    if watch.opened is None:
        watch.opened, watch.terms.hour = learned.until, learned.until // 60
    return []
