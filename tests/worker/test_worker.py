"""A part that fails ends the worker with one line."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from streams.errors import BadBuzzError, InputError, WorkerError
from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.start_offset import StartCounts
from streams.settings.config import Config
from streams.settings.worker import WorkerSettings
from streams.worker import worker
from streams.worker.watcher import Watcher

CONFIG = Config(metrics_port=0, worker=WorkerSettings(instance="test"))


class Flat:
    def score_many(self, texts: list[str]) -> list[float]:
        return [0.5 for _ in texts]


class Scorer:
    """Fails as soon as it runs."""

    ticked, ready, topic, log = 0.0, False, "mentions", StartCounts()

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.positions: dict[int, int | None] = {}

    def run(self, _stopping: threading.Event) -> None:
        raise self.error


@pytest.fixture(autouse=True)
def _no_broker() -> Iterator[None]:
    with (
        mock.patch.object(worker, "require"),
        mock.patch.object(BrokerMonitor, "start"),
        mock.patch.object(BrokerMonitor, "stop"),
    ):
        yield


def run_scorer(error: Exception) -> None:
    with mock.patch.object(worker, "ScorerWorker", return_value=Scorer(error)):
        worker.run_worker(CONFIG, Flat(), ("scorer",))


def run_watcher(error: Exception) -> None:
    async def start(self: Any) -> None:
        self.fail(error)

    async def stop(self: Any) -> None:
        self._suspension.close()

    with mock.patch.object(Watcher, "start", start), mock.patch.object(Watcher, "stop", stop):
        worker.run_worker(CONFIG, None, ("watcher",))


@pytest.mark.parametrize("run", [run_scorer, run_watcher])
def test_an_unexpected_failure_is_a_worker_error_of_one_line(run: Any) -> None:
    with pytest.raises(WorkerError, match=r"^the worker cannot go on: ValueError: bad state and more$"):
        run(ValueError("bad state\n  and more"))


@pytest.mark.parametrize("run", [run_scorer, run_watcher])
def test_an_expected_failure_is_raised_as_it_is_and_logged_without_a_traceback(
    run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expected = InputError("expected rollups of version 1, got version 2: update this worker")
    with pytest.raises(BadBuzzError) as raised:
        run(expected)
    assert raised.value is expected
    [record] = [record for record in caplog.records if (record.levelname, record.name[:7]) == ("ERROR", "streams")]
    assert record.getMessage().endswith(str(expected))
    assert not record.exc_info


def test_a_watcher_that_cannot_start_fails_instead_of_raising() -> None:
    async def failing() -> Exception | None:
        watcher = Watcher(CONFIG, BrokerMonitor(CONFIG.kafka, []))
        with mock.patch.object(watcher._app, "start", side_effect=RuntimeError("no group")):
            await watcher.start()
        for task in watcher._tasks:
            task.cancel()
        watcher._suspension.close()
        return watcher.failure

    assert str(asyncio.run(failing())) == "no group"
