"""A watcher's memory survives a death at any moment: the next one goes on to the byte, from where it must."""

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.negativity import NegativityModel
from detectors.observation import Voice
from streams.kafka.partitioning import pack
from streams.mentions.message import Message
from streams.scoring.rollup import Counts, Rollup
from streams.scoring.rollup_batch import RollupBatch, decode_batch, encode_batch
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.snapshot import KEPT_MINUTES, MAX_ROW
from streams.watching.state_store import BrandStateStore, brand_key, closed_key
from tests.helpers.mentions import mention_line
from tests.helpers.records import crisis

MESSAGE_MAX_BYTES = 1_048_588
"""A broker's default."""


class DiedError(Exception):
    """A watcher was killed."""


class Store(dict[bytes, bytes]):
    """Rows of which a successor finds what was kept; a writer may die after keeping them so many times."""

    def __init__(self, kept: dict[bytes, bytes], keeps_left: int) -> None:
        super().__init__(kept)
        self.kept = kept
        self.keeps_left = keeps_left

    def keep(self) -> None:
        if self.keeps_left == 0:
            raise DiedError
        self.keeps_left -= 1
        self.kept = dict(self)


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
UNDISTURBED = BrandStateStore(Config(), {}, lambda: 0.0)
EVENTS = [e.to_json() for offset, batch in enumerate(MESSAGES) for e in UNDISTURBED.apply(0, offset, batch)]


def run(deaths: list[int], write_every: int) -> tuple[list[bytes], BrandStateStore, Store]:
    """Apply every message; after each death, go on from the committed offset as a successor does."""
    kept, told, next_offset = dict[bytes, bytes](), dict[bytes, None](), 0
    for keeps in [*deaths, -1]:
        store = Store(kept, keeps)
        memory = BrandStateStore(Config(), store, lambda: 0.0)
        try:
            for offset in range(next_offset, len(MESSAGES)):
                for event in memory.apply(0, offset, MESSAGES[offset]):
                    told[event.to_json()] = None
                if offset % write_every == 0:
                    memory.write(memory.unwritten(older_than=0.0))
                else:
                    memory.write(memory.unwritten(older_than=0.0)[:1])
                if offset % 3 == 0:
                    store.keep()
                    next_offset = memory.safe_offset(0) or 0
            memory.write(memory.unwritten(older_than=0.0))
            store.keep()
        except DiedError:
            pass
        kept = store.kept
    return list(told), memory, store


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 150), max_size=6), st.integers(1, 40))
def test_whichever_rows_were_kept_last_the_next_watcher_tells_the_same(deaths: list[int], write_every: int) -> None:
    told, memory, _ = run(deaths, write_every)
    assert EVENTS
    assert told == EVENTS
    assert {brand: memory.counts(brand) for brand in ("Acme", "Other")} == {
        brand: UNDISTURBED.counts(brand) for brand in ("Acme", "Other")
    }


def test_nothing_is_committed_that_is_not_written() -> None:
    memory = BrandStateStore(Config(), {}, lambda: 0.0)
    assert memory.safe_offset(0) is None
    memory.apply(0, 5, MESSAGES[0])
    memory.apply(0, 6, MESSAGES[1])
    assert memory.safe_offset(0) == 5
    memory.write(memory.unwritten(older_than=0.0))
    assert memory.safe_offset(0) == 7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 200), st.sampled_from(("forum", "video"))), max_size=30),
        max_size=12,
    )
)
def test_minutes_close_as_soon_as_they_would_if_nothing_waited(batches: list[list[tuple[int, int, str]]]) -> None:
    """Rollups of three partitions, each in its order, a few seconds apart."""
    memory, watch = BrandStateStore(Config(), {}, lambda: 0.0), BrandWatch("Acme", Config())
    clocks, mentions = [6_000_000] * 3, 0
    for offset, batch in enumerate(batches):
        made = []
        for source, seconds, network in batch:
            clocks[source] += 1000 * seconds
            voice = Voice(mentions, mentions, 0, bool(seconds % 2), seconds)
            minute = clocks[source] // 60_000
            made.append((source, Rollup("Acme", network, minute, clocks[source], Counts(mentions=1), (voice,))))
            mentions += 1
        memory.apply(0, offset, RollupBatch(made=made))
        for source, rollup in made:
            watch.apply(rollup, source)
        if made:
            found = memory.watches["Acme"].watch
            assert (found.opened, found.closed) == (watch.opened, watch.closed)
            assert found.detector.state() == watch.detector.state()
    assert memory.counts("Acme").mentions == mentions


def test_minutes_older_than_what_is_needed_are_deleted() -> None:
    _, memory, store = run([], 10)
    opened = memory.watches["Acme"].watch.opened or 0
    kept = [key for key in store if key.startswith(b"Acme\0\2")]
    assert 1 < len(kept) <= KEPT_MINUTES
    # Only the first row may begin earlier: it may reach into what is needed.
    assert sorted(kept)[1] >= closed_key("Acme", opened - KEPT_MINUTES, 0)
    assert brand_key("Acme") in store


def test_counts_of_a_brand_nobody_heard_are_zero() -> None:
    assert BrandStateStore(Config(), {}, lambda: 0.0).counts("Nobody") == Counts()


class Flat:
    """Finds every text equally negative."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9 for _ in texts]


def loud(batch: int) -> list[bytes]:
    """Many people with long addresses on twenty networks; three minutes in all."""
    return [
        mention_line(
            400 * batch + n,
            60 * (batch // 10) + n % 60,
            network=f"network {n % 20}",
            author=f"{'a' * 200}{batch} {n}",
            text=f"{batch} {n} " + "😡" * 300,
            url=f"https://example.org/{'u' * 4000}/{n}",
        )
        for n in range(400)
    ]


def test_a_row_fits_in_a_message_however_loud_a_brand_is_and_is_read_back() -> None:
    scorer, store = Scorer(Config(), Flat()), Store({}, -1)
    memory, undisturbed = BrandStateStore(Config(), store, lambda: 0.0), BrandStateStore(Config(), {}, lambda: 0.0)
    largest = 0
    for offset in range(45):
        made = [(0, rollup) for rollup in scorer.score([Message("t", 0, line) for line in loud(offset)]).rollups]
        batch = decode_batch(encode_batch(made))
        expected = [event.to_json() for event in undisturbed.apply(0, offset, batch)]
        assert [event.to_json() for event in memory.apply(0, offset, batch)] == expected
        memory.write(memory.unwritten(older_than=0.0))
        largest = max(largest, *map(len, store.values()))
        if offset % 5 == 4:
            store = Store(dict(store), -1)
            memory = BrandStateStore(Config(), store, lambda: 0.0)
    assert MAX_ROW / 2 < largest < MESSAGE_MAX_BYTES
    assert len({key for key in store if key.startswith(b"Acme\0\2")}) > 5
