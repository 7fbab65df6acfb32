"""A watcher's memory survives a death at any of its writes: the next one goes on to the byte, from where it must."""

from collections.abc import Iterator, MutableMapping

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.negativity import NegativityModel
from streams.brand_rows import KEPT_MINUTES
from streams.config import Config
from streams.rollup import Counts
from streams.rollup_batch import decode_batch, pack
from streams.scorer import Message, Scorer
from streams.watch_memory import WatchMemory, brand_key, minute_key
from tests.behaviour.records import crisis


class DiedError(Exception):
    """A watcher was killed."""


class Store(MutableMapping[bytes, bytes]):
    """Rows that outlive whoever writes them; a writer may die after so many writes."""

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.writes_left = -1

    def _write(self) -> None:
        if self.writes_left == 0:
            raise DiedError
        self.writes_left -= 1

    def __getitem__(self, key: bytes) -> bytes:
        return self.rows[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._write()
        self.rows[key] = value

    def __delitem__(self, key: bytes) -> None:
        self._write()
        del self.rows[key]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def messages() -> list[bytes]:
    scorer = Scorer(Config(), NegativityModel.load())
    lines = crisis()
    batches = [lines[i : i + 9] for i in range(0, len(lines), 9)]
    found = []
    for batch in batches:
        made = [(0, rollup) for rollup in scorer.score([Message("t", 0, value) for value in batch]).rollups]
        found += [value for _, value in pack(made, 1)]
    return found


MESSAGES = [decode_batch(value) for value in messages()]
UNDISTURBED = WatchMemory(Config(), {}, lambda: 0.0)
EVENTS = [e.to_json() for offset, batch in enumerate(MESSAGES) for e in UNDISTURBED.apply(0, offset, batch)]


def run(deaths: list[int], write_every: int) -> tuple[list[bytes], WatchMemory, Store]:
    """Apply every message; after each death, go on from the committed offset as a successor does."""
    store, told, next_offset = Store(), dict[bytes, None](), 0
    for writes in [*deaths, -1]:
        store.writes_left = writes
        memory = WatchMemory(Config(), store, lambda: 0.0)
        try:
            for offset in range(next_offset, len(MESSAGES)):
                for event in memory.apply(0, offset, MESSAGES[offset]):
                    told[event.to_json()] = None
                if offset % write_every == 0:
                    memory.write(memory.unwritten(older_than=0.0))
                else:
                    memory.write(memory.unwritten(older_than=0.0)[:1])
                next_offset = memory.safe_offset(0) or 0
            memory.write(memory.unwritten(older_than=0.0))
        except DiedError:
            continue
    return list(told), memory, store


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=6), st.integers(1, 40))
def test_whichever_write_is_the_last_the_next_watcher_tells_the_same(deaths: list[int], write_every: int) -> None:
    told, memory, _ = run(deaths, write_every)
    assert EVENTS
    assert told == EVENTS
    assert {brand: memory.counts(brand) for brand in ("Acme", "Other")} == {
        brand: UNDISTURBED.counts(brand) for brand in ("Acme", "Other")
    }


def test_nothing_is_committed_that_is_not_written() -> None:
    memory = WatchMemory(Config(), {}, lambda: 0.0)
    assert memory.safe_offset(0) is None
    memory.apply(0, 5, MESSAGES[0])
    memory.apply(0, 6, MESSAGES[1])
    assert memory.safe_offset(0) == 5
    memory.write(memory.unwritten(older_than=0.0))
    assert memory.safe_offset(0) == 7


def test_minutes_older_than_what_is_needed_are_deleted() -> None:
    _, memory, store = run([], 10)
    opened = memory.watches["Acme"].watch.opened or 0
    kept = [key for key in store.rows if key.startswith(b"Acme\0\2")]
    assert 0 < len(kept) <= KEPT_MINUTES
    assert min(kept) >= minute_key("Acme", opened - KEPT_MINUTES)
    assert brand_key("Acme") in store.rows


def test_counts_of_a_brand_nobody_heard_are_zero() -> None:
    assert WatchMemory(Config(), {}, lambda: 0.0).counts("Nobody") == Counts()
