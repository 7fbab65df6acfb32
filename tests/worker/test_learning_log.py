"""A worker says of each brand, once, until when nothing of it is alerted on, and what became of a warm-up."""

import logging

import pytest

from streams.scoring.rollup import Counts, Rollup
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.watching.rows.state_store import BrandStateStore
from streams.worker.learning_log import LearningLog


def test_a_brand_that_learns_is_logged_once_with_its_end_and_the_remedy(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "streams")
    store = BrandStateStore(Config(), {}, lambda: 0.0)
    log = LearningLog(Config(), store.watches)
    note = log.after(lambda _batch, _events: None)
    for offset, minute in enumerate((60, 62, 64, 66)):
        rollup = Rollup("Acme", "forum", minute, (minute + 2) * 60_000, Counts(mentions=1))
        batch = RollupBatch(made=[(0, rollup)])
        note(batch, store.apply(0, offset, batch))
    [said] = caplog.messages
    assert said.startswith("Acme: learning until 1970-01-02T01:00:00Z (thresholds.learning_hours = 24)")
    assert "badbuzz warm-up FILE" in said
