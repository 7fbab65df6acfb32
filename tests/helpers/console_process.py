"""`badbuzz console` as a process on a real broker: start, kill, and send forms again until they are logged."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import requests
from kafka import KafkaProducer

from streams.console.state import DESK, INCIDENTS, SITUATIONS, Record
from streams.kafka.clients import producer_options
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import BADBUZZ, wait_until

SAME = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
RETRY_S = 0.05


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(settings: KafkaSettings, records: list[Record]) -> None:
    """Write records to their topics, as watchers and consoles do."""
    producer = KafkaProducer(**producer_options(settings))
    for record in records:
        partition = 0 if record.topic in {DESK, SITUATIONS, INCIDENTS} else None
        producer.send(settings.topic(record.topic), key=record.key, value=record.value, partition=partition)
    producer.flush()
    producer.close()


class ConsoleProcess:
    """One `badbuzz console`, in a context; killed with -9 when it is left."""

    def __init__(self, settings: KafkaSettings, log: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._env = os.environ | {
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
            "BADBUZZ_KAFKA_TOPIC_PREFIX": settings.topic_prefix,
            "BADBUZZ_CONSOLE_PORT": str(self.port),
            "BADBUZZ_CONSOLE_METRICS_PORT": "0",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A killed test run leaves no console behind.
        supervised = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with self.log.open("ab") as out:
            command = [*supervised, str(BADBUZZ), "console"]
            self._process = subprocess.Popen(command, env=self._env, stdout=out, stderr=out)

    def wait_ready(self) -> None:
        def ready() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
            return self.get("/") is not None

        wait_until(ready, lambda: self.log.read_text(encoding="utf-8")[-3000:])

    def get(self, path: str) -> str | None:
        """Return a page; None while the console does not answer."""
        try:
            answer = requests.get(self.address + path, timeout=10)
        except requests.RequestException:
            return None
        return answer.text if answer.status_code == 200 else None

    def act(self, path: str, form: dict[str, str], timeout_s: float = 60.0) -> int:
        """Send a form as the page's script does: the same again until the console says what became of it."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                status = requests.post(self.address + path, form, headers=SAME, timeout=10).status_code
            except requests.RequestException:
                status = 503
            if status != 503:
                return status
            time.sleep(RETRY_S)
        raise AssertionError(f"the form {form} was not answered")

    def processor_s(self) -> float:
        """Return the processor time that the process has used, in seconds."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Return the resident memory of the process."""
        assert self._process is not None
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        self.wait_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
