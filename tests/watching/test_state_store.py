"""The state store survives a crash at any moment: the next owner produces the same bytes from the committed offset."""

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
from streams.watching.rows.row_keys import ClosedRow, brand_key, closed_key
from streams.watching.rows.snapshot import MAX_ROW_BYTES, RETENTION_MINUTES
from streams.watching.rows.state_store import BrandStateStore
from tests.helpers.mentions import mention_line
from tests.helpers.records import crisis

MESSAGE_MAX_BYTES = 1_048_588
"""A broker's default."""


class CrashError(Exception):
    """The watcher crashed."""


class Store(dict[bytes, bytes]):
    """Rows of which the next owner finds those committed last; the writer crashes instead of a later commit."""

    def __init__(self, committed: dict[bytes, bytes], commits_left: int) -> None:
        super().__init__(committed)
        self.committed = committed
        self.commits_left = commits_left

    def commit(self) -> None:
        if self.commits_left == 0:
            raise CrashError
        self.commits_left -= 1
        self.committed = dict(self)


def messages() -> list[bytes]:
    scorer = Scorer(Config(), NegativityModel.load())
    lines = crisis()
    batches = [lines[i : i + 9] for i in range(0, len(lines), 9)]
    packed = []
    for batch in batches:
        made = [(0, rollup) for rollup in scorer.score([Message("t", 0, value) for value in batch]).rollups]
        packed += [value for _, value in pack(made, 1)]
    return packed


MESSAGES = [decode_batch(value) for value in messages()]
UNDISTURBED = BrandStateStore(Config(), {}, lambda: 0.0)
EVENTS = [e.to_json() for offset, batch in enumerate(MESSAGES) for e in UNDISTURBED.apply(0, offset, batch)]


def run(crashes: list[int], persist_every: int) -> tuple[list[bytes], BrandStateStore, Store]:
    """Apply every message; after each crash, continue from the committed offset as the next owner does."""
    committed, events, next_offset = dict[bytes, bytes](), dict[bytes, None](), 0
    for commits in [*crashes, -1]:
        store = Store(committed, commits)
        states = BrandStateStore(Config(), store, lambda: 0.0)
        try:
            for offset in range(next_offset, len(MESSAGES)):
                for event in states.apply(0, offset, MESSAGES[offset]):
                    events[event.to_json()] = None
                if offset % persist_every == 0:
                    states.persist(states.dirty(older_than=0.0))
                else:
                    states.persist(states.dirty(older_than=0.0)[:1])
                if offset % 3 == 0:
                    store.commit()
                    next_offset = states.committable_offset(0) or 0
            states.persist(states.dirty(older_than=0.0))
            store.commit()
        except CrashError:
            pass
        committed = store.committed
    return list(events), states, store


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 150), max_size=6), st.integers(1, 40))
def test_whichever_rows_were_committed_the_next_owner_reports_the_same(crashes: list[int], persist_every: int) -> None:
    events, states, _ = run(crashes, persist_every)
    assert EVENTS
    assert events == EVENTS
    assert {brand: states.counts(brand) for brand in ("Acme", "Other")} == {
        brand: UNDISTURBED.counts(brand) for brand in ("Acme", "Other")
    }


def test_no_offset_is_committable_before_its_changes_are_persisted() -> None:
    states = BrandStateStore(Config(), {}, lambda: 0.0)
    assert states.committable_offset(0) is None
    states.apply(0, 5, MESSAGES[0])
    states.apply(0, 6, MESSAGES[1])
    assert states.committable_offset(0) == 5
    states.persist(states.dirty(older_than=0.0))
    assert states.committable_offset(0) == 7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 200), st.sampled_from(("forum", "video"))), max_size=30),
        max_size=12,
    )
)
def test_pending_rollups_delay_no_minute(
    batches: list[list[tuple[int, int, str]]],
) -> None:
    """Rollups of three partitions, each in its order, a few seconds apart."""
    states, watch = BrandStateStore(Config(), {}, lambda: 0.0), BrandWatch("Acme", Config())
    clocks, mentions = [6_000_000] * 3, 0
    for offset, batch in enumerate(batches):
        made = []
        for source, seconds, network in batch:
            clocks[source] += 1000 * seconds
            voice = Voice(mentions, mentions.to_bytes(4), 0, bool(seconds % 2), seconds)
            minute = clocks[source] // 60_000
            made.append((source, Rollup("Acme", network, minute, clocks[source], Counts(mentions=1), (voice,))))
            mentions += 1
        states.apply(0, offset, RollupBatch(made=made))
        for source, rollup in made:
            watch.apply(rollup, source)
        if made:
            stored = states.watches["Acme"].watch
            assert (stored.opened, stored.state().detectors) == (watch.opened, watch.state().detectors)
            assert stored.drain_closed_minutes(0) == watch.drain_closed_minutes(0)
    assert states.counts("Acme").mentions == mentions


def test_rows_older_than_the_retention_are_deleted() -> None:
    _, states, store = run([], 10)
    opened = states.watches["Acme"].watch.opened or 0
    retained = [key for key in store if key.startswith(b"Acme\0\2")]
    assert 1 < len(retained) <= RETENTION_MINUTES
    # Only the first row may begin earlier: it may end within the retention.
    assert sorted(retained)[1] >= closed_key("Acme", ClosedRow(opened - RETENTION_MINUTES, 0))
    assert brand_key("Acme") in store


def test_counts_of_an_unknown_brand_are_zero() -> None:
    assert BrandStateStore(Config(), {}, lambda: 0.0).counts("Nobody") == Counts()


class Flat:
    """A model that scores every text alike."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9 for _ in texts]


def loud(batch: int) -> list[bytes]:
    """Mentions by many authors with long ids and URLs on twenty networks, in a few minutes."""
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


def test_the_rows_of_a_very_busy_brand_fit_in_a_message_and_are_restored() -> None:
    scorer, store = Scorer(Config(), Flat()), Store({}, -1)
    states, undisturbed = BrandStateStore(Config(), store, lambda: 0.0), BrandStateStore(Config(), {}, lambda: 0.0)
    largest = 0
    for offset in range(45):
        made = [(0, rollup) for rollup in scorer.score([Message("t", 0, line) for line in loud(offset)]).rollups]
        batch = decode_batch(encode_batch(made))
        expected = [event.to_json() for event in undisturbed.apply(0, offset, batch)]
        assert [event.to_json() for event in states.apply(0, offset, batch)] == expected
        states.persist(states.dirty(older_than=0.0))
        largest = max(largest, *map(len, store.values()))
        if offset % 5 == 4:
            store = Store(dict(store), -1)
            states = BrandStateStore(Config(), store, lambda: 0.0)
    assert MAX_ROW_BYTES / 2 < largest < MESSAGE_MAX_BYTES
    assert len({key for key in store if key.startswith(b"Acme\0\2")}) > 5
