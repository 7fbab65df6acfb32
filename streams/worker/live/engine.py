"""The pipeline of `badbuzz live`: mentions through the scorer into the state store of the brands, as on Kafka."""

import time
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from streams.collecting.commit import Commit, Position
from streams.collecting.cursor_record import CursorRecord, decode_cursor, encode_cursor
from streams.event_time import utc
from streams.mentions.message import Message
from streams.scoring.rollup_batch import RollupBatch
from streams.scoring.scorer import Scorer, TextModel
from streams.settings.config import Config
from streams.watching.rows.state_store import BrandStateStore
from streams.worker.idle_heartbeats import IdleHeartbeats
from streams.worker.live.state_file import LiveState
from streams.worker.metrics import WorkerMetrics

RECENT = 4096
"""Messages that a restart reads again, for deduplication and lateness."""
_PARTITION = 0


class LiveEngine:
    """Apply commits of sources to the brands, and hold all that a restart needs.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    state
        Where the last run ended.
    metrics
        Counts, and gets each incident event.
    clock_ms
        Milliseconds since the epoch.
    clock_s
        Seconds of any monotonic clock.
    """

    def __init__(
        self,
        config: Config,
        model: TextModel,
        state: LiveState,
        metrics: WorkerMetrics,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = BrandStateStore(config, state.brands, clock_s)
        self._sources = state.sources
        self._recent = deque(state.recent, RECENT)
        self._offset = state.offset
        self._scorer = Scorer(config, model, clock_ms)
        self._metrics = metrics
        self._clock_ms = clock_ms
        self._clock_s = clock_s
        self._idle = IdleHeartbeats(config.worker.clock_after_s) if config.worker.clock_after_s else None
        self._scorer.recall(self._messages(state.recent))
        for brand in self.store.unrestored_brands():
            self.store.restore(brand)

    def position(self, source: str) -> Position:
        """Return where a source resumes."""
        rows = self._sources.get(source, {})
        if source.encode() not in rows:
            return Position()
        record = decode_cursor(rows[source.encode()])
        return Position(record.cursor, record.complete_to, rows)

    def apply(self, source: str, commit: Commit) -> None:
        """Apply a commit of a source: its mentions, its rows and its cursor; incidents are reported as they happen."""
        before = self.position(source)
        self._score([value for _, value in commit.messages])
        rows = self._sources.setdefault(source, {})
        for key, row in commit.rows.items():
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        record = CursorRecord(
            cursor=commit.cursor if commit.cursor is not None else before.cursor,
            at=utc(self._clock_ms()),
            complete_to=commit.complete_to or before.complete_to,
            commits=self._offset,
            owner="live",
        )
        rows[source.encode()] = encode_cursor(record)

    def advance(self) -> None:
        """Let the event time of brands go on with the clock where no source sends heartbeats."""
        if self._idle is None:
            return
        due = []
        for brand, entry in self.store.watches.items():
            entry.apply_pending()
            watch = entry.watch
            due += self._idle.due(self._clock_s(), self._clock_ms(), brand, watch.times, watch.closing_ms)
        self._score([heartbeat.value for heartbeat in due])

    def encoded(self) -> bytes:
        """Return the state as it is now, encoded for the state file."""
        self.store.persist(self.store.dirty(older_than=0.0))
        rows = dict(self.store.rows)
        state = LiveState(brands=rows, sources=self._sources, recent=list(self._recent), offset=self._offset)
        return msgspec.msgpack.encode(state)

    def _score(self, values: Sequence[bytes]) -> None:
        if not values:
            return
        batch = self._scorer.score(self._messages(values))
        self._recent.extend(values)
        self._metrics.record_scored(batch)
        made = RollupBatch(made=[(_PARTITION, rollup) for rollup in batch.rollups])
        self._offset += 1
        self._metrics.record_applied(made, self.store.apply(_PARTITION, self._offset, made))

    @staticmethod
    def _messages(values: Sequence[bytes]) -> list[Message]:
        return [Message("live", number, value) for number, value in enumerate(values)]
