"""A watch restored from its snapshot produces the same bytes as one that never stopped."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.negativity import NegativityModel
from streams.errors import InputError
from streams.mentions.message import Message
from streams.scoring.rollup import Counts, Rollup
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.snapshot import (
    VERSION,
    BrandRow,
    brand_row,
    closed_rows,
    oldest_retained,
    open_rows,
    restore,
    terms_row,
)
from tests.helpers.records import crisis


def rollups() -> list[Rollup]:
    lines = [value for value in crisis() if b'"brand": "Acme"' in value]
    scorer = Scorer(Config(), NegativityModel.load())
    batches = [lines[i : i + 7] for i in range(0, len(lines), 7)]
    return [r for batch in batches for r in scorer.score([Message("t", 0, value) for value in batch]).rollups]


ROLLUPS = rollups()


class Store:
    """The rows of one brand, as a key-value store holds them."""

    def __init__(self) -> None:
        self.brand = b""
        self.terms = b""
        self.open: list[bytes] = []
        self.closed: list[tuple[int, bytes]] = []

    def save(self, watch: BrandWatch, applied: int) -> None:
        self.closed += closed_rows(watch)
        while len(self.closed) > 1 and self.closed[1][0] < oldest_retained(watch):
            del self.closed[0]
        self.terms = terms_row(watch)
        self.open = open_rows(watch)
        self.brand = brand_row(watch, {0: applied}, Counts())

    def load(self) -> tuple[BrandWatch, int]:
        closed = [row for _, row in self.closed]
        restored = restore("Acme", Config(), self.brand, closed, self.open, self.terms)
        return restored.watch, restored.applied[0]


def run(restarts: set[int]) -> list[bytes]:
    watch, store, events = BrandWatch("Acme", Config()), Store(), []
    for offset, rollup in enumerate(ROLLUPS):
        events += [event.to_json() for event in watch.apply(rollup)]
        store.save(watch, offset)
        if offset in restarts:
            watch, applied = store.load()
            assert applied == offset
    return events


UNDISTURBED = run(set())


@settings(max_examples=8, deadline=None)
@given(st.sets(st.integers(0, len(ROLLUPS) - 1), min_size=1, max_size=30))
def test_a_watch_restored_at_any_moment_reports_the_same_incidents(restarts: set[int]) -> None:
    assert UNDISTURBED
    assert run(restarts) == UNDISTURBED


def test_a_watch_restored_after_every_rollup_of_the_crisis_reports_the_same_incidents() -> None:
    assert run(set(range(len(ROLLUPS) - 60, len(ROLLUPS)))) == UNDISTURBED


def test_the_row_of_a_brand_fits_in_16_kilobytes() -> None:
    watch = BrandWatch("Acme", Config())
    for rollup in ROLLUPS:
        watch.apply(rollup)
    assert len(brand_row(watch, {0: 1}, Counts())) < 16_384


def test_rows_of_another_version_or_damaged_rows_are_refused() -> None:
    watch = BrandWatch("Acme", Config())
    watch.apply(ROLLUPS[0])
    row = brand_row(watch, {0: 1}, Counts())
    with pytest.raises(InputError, match="got version 9"):
        restore("Acme", Config(), row[:1] + b"\x09" + row[2:], [], [], None)
    with pytest.raises(InputError, match="expected the rows of a watch"):
        restore("Acme", Config(), row[:-2], [], [], None)


def test_detectors_of_another_version_are_refused() -> None:
    watch = BrandWatch("Acme", Config())
    watch.apply(ROLLUPS[0])
    state = watch.state()
    state.detectors["version"] = 9
    row = msgspec.msgpack.encode(BrandRow(VERSION, [], Counts(), state))
    with pytest.raises(InputError, match="expected the rows of a watch"):
        restore("Acme", Config(), row, [], [], None)
