"""What a newcomer can rely on with one process and one file: a restart goes on, and changes no incident."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from detectors.negativity import NegativityModel
from streams.collecting.commit import Commit
from streams.errors import ConfigError, InputError
from streams.settings.config import Config
from streams.settings.worker import WorkerSettings
from streams.worker.live.engine import LiveEngine
from streams.worker.live.state_file import LiveState, StateFile
from streams.worker.metrics import WorkerMetrics
from tests.behaviour.engines import in_process
from tests.helpers.records import crisis

if TYPE_CHECKING:
    from streams.watching.watch_event import WatchEvent

MODEL = NegativityModel.load()
CONFIG = Config(worker=WorkerSettings(clock_after_s=0))
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def commits(lines: Sequence[bytes], size: int) -> Iterator[Commit]:
    for first in range(0, len(lines), size):
        part = lines[first : first + size]
        keyed = [(msgspec.json.decode(line)["brand"], line) for line in part]
        yield Commit(messages=keyed, cursor=str(first + len(part)), mentions=len(part))


def test_stopped_and_started_in_a_crisis_it_reports_what_an_undisturbed_run_reports(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "live.state")
    events: list[WatchEvent] = []
    lines = crisis()
    engine = LiveEngine(CONFIG, MODEL, file.read(), WorkerMetrics(CONFIG, events.append))
    for number, commit in enumerate(commits(lines, 40)):
        engine.apply("sky", commit)
        if number % 5 == 4:
            file.write(engine.encoded())
            engine = LiveEngine(CONFIG, MODEL, file.read(), WorkerMetrics(CONFIG, events.append))
            assert engine.position("sky").cursor == commit.cursor
    expected = [line for line in in_process(lines) if msgspec.json.decode(line)["severity"] != "calm"]
    assert [event.to_json() for event in events if event.severity != "calm"] == expected
    assert expected


def test_a_mention_that_is_read_again_after_a_restart_counts_once(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "live.state")
    engine = LiveEngine(CONFIG, MODEL, file.read(), WorkerMetrics(CONFIG))
    lines = crisis()[:50]
    for commit in commits(lines, 50):
        engine.apply("sky", commit)
    file.write(engine.encoded())
    engine = LiveEngine(CONFIG, MODEL, file.read(), WorkerMetrics(CONFIG))
    for commit in commits(lines[40:], 10):
        engine.apply("sky", commit)
    total = sum(engine.store.counts(brand).mentions for brand in ("Acme", "Other"))
    repeated = sum(engine.store.counts(brand).duplicates for brand in ("Acme", "Other"))
    assert (total, repeated) == (50, 10)


def test_each_source_resumes_where_it_was_with_its_own_rows() -> None:
    engine = LiveEngine(CONFIG, MODEL, LiveState(), WorkerMetrics(CONFIG))
    engine.apply("sky", Commit(cursor="7", complete_to=NOON, rows={b"sky/posts/1": b"one", b"sky/posts/2": b"two"}))
    engine.apply("sky", Commit(rows={b"sky/posts/1": None}))
    engine.apply("press", Commit(cursor="later"))
    again = LiveEngine(CONFIG, MODEL, msgspec.msgpack.decode(engine.encoded(), type=LiveState), WorkerMetrics(CONFIG))
    sky = again.position("sky")
    assert (sky.cursor, sky.complete_to) == ("7", NOON)
    assert {key: row for key, row in sky.rows.items() if key != b"sky"} == {b"sky/posts/2": b"two"}
    assert again.position("press").cursor == "later"
    assert again.position("unknown").cursor is None


def test_without_heartbeats_of_a_source_the_time_of_a_brand_goes_on_with_the_clock() -> None:
    seconds = 0.0
    start = NOON.timestamp()
    engine = LiveEngine(
        Config(),
        MODEL,
        LiveState(),
        WorkerMetrics(Config()),
        lambda: int((start + seconds) * 1000),
        lambda: seconds,
    )
    line = msgspec.json.encode(
        {"id": "1", "brand": "Acme", "network": "support", "created_at": NOON, "text": "never again"}
    )
    engine.apply("desk", Commit(messages=[("Acme", line)]))
    engine.advance()
    for _ in range(60):
        seconds += 5
        engine.advance()
    opened = engine.store.watches["Acme"].watch.opened
    assert opened is not None
    assert opened > start // 60, "the minute of the mention is closed"


def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "live.state"
    path.write_bytes(b"not a state")
    with pytest.raises(InputError, match="name another file with --state, or delete it"):
        StateFile(path).read()


def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "live.state"
    second = StateFile(path).claimed()
    with StateFile(path).claimed(), pytest.raises(ConfigError, match="another 'badbuzz live' uses"), second:
        pass
    with StateFile(path).claimed():
        pass


def test_an_unfinished_write_leaves_the_state_of_before(tmp_path: Path) -> None:
    path = tmp_path / "live.state"
    StateFile(path).write(msgspec.msgpack.encode(LiveState(offset=7)))
    (tmp_path / ".live.state.new").write_bytes(b"cut off")
    assert StateFile(path).read().offset == 7
