"""Whether running workers report a fault: readiness, a log line, a metric; and after how many seconds."""

import math
import re
import sys
import time
from collections.abc import Callable, Sequence
from urllib.request import urlopen

from streams.kafka.partitioning import brand_partition
from tests.helpers.cluster import TOPICS, Worker

REPORTED_WITHIN_S = 30.0
GIVEN_UP_AFTER_S = 60.0

Reported = Callable[[Worker], bool]


class Reports:
    """What workers have reported since this was made.

    Parameters
    ----------
    workers
        Those that must report.
    """

    def __init__(self, workers: Sequence[Worker]) -> None:
        self.workers = list(workers)
        self._read = {worker.instance: len(worker.log.read_text()) for worker in workers}
        self._resets = {worker.instance: _values(worker, "badbuzz_offset_resets_total") for worker in workers}

    def await_all(self, reported: Reported) -> float:
        """Return after how many seconds every worker has reported; infinity where one has not in a minute."""
        began = time.monotonic()
        left = list(self.workers)
        while left:
            left = [worker for worker in left if not reported(worker)]
            if time.monotonic() - began > GIVEN_UP_AFTER_S:
                return math.inf
            time.sleep(0.2)
        return time.monotonic() - began

    def no_answer(self, worker: Worker) -> bool:
        """Return whether a worker says that no broker answers, and is not ready."""
        return "no answer from Kafka" in self._new_lines(worker) and worker.status("readyz") == 503

    def created_anew(self, topic: str, stage: str) -> Reported:
        """Return the check that each worker with a stage says that its topic was created anew, and counts it."""

        def reported(worker: Worker) -> bool:
            if worker.instance not in {stage, "both"}:
                return True
            before = self._resets[worker.instance].get(f'{{stage="{stage}"}}', 0.0)
            counted = _values(worker, "badbuzz_offset_resets_total").get(f'{{stage="{stage}"}}', 0.0) > before
            return counted and bool(re.search(rf"{re.escape(topic)} was created anew", self._new_lines(worker)))

        return reported

    def stuck(self, partition: int) -> Reported:
        """Return the check that a worker says that a partition does not move, and shows what waits there."""

        def reported(worker: Worker) -> bool:
            lag = _values(worker, "badbuzz_consumer_lag_messages")
            waiting = lag.get(f'{{partition="{partition}",stage="watcher"}}', 0.0) > 0
            return waiting and f"rollups/{partition} does not move" in self._new_lines(worker)

        return reported

    def _new_lines(self, worker: Worker) -> str:
        return worker.log.read_text()[self._read[worker.instance] :]


def stuck_watcher(brand: str) -> tuple[int, tuple[str, ...]]:
    """Return a brand's partition of `rollups`, and the command that starts a worker which does not fetch it."""
    partition = brand_partition(brand, TOPICS.rollups_partitions)
    return partition, (sys.executable, "-m", "tests.helpers.kafka.stuck_worker", str(partition))


def _values(worker: Worker, name: str) -> dict[str, float]:
    """Return the values of a metric by its labels as written, without that of the installation."""
    try:
        with urlopen(f"http://127.0.0.1:{worker.port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except OSError:  # it is starting, or has ended
        return {}
    found = re.findall(rf"^{name}({{[^}}]*}})? ([0-9.e+]+)$", text, re.MULTILINE)
    return {labels.replace('installation="badbuzz",', ""): float(value) for labels, value in found}
