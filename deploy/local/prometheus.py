"""Prometheus and Alertmanager on this machine, without containers: for tests and for trying badbuzz out.

Debian's packages as plain binaries, on 127.0.0.1, each with a data folder of its own; `install-prometheus.sh` puts them
in place. :class:`LocalPrometheus` and :class:`LocalAlertmanager` are context managers.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPBACK = "127.0.0.1"
# Below the ports that Linux lends to outgoing connections, above those of the local Kafka.
FREE_PORTS = range(30_000, 32_700)
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
_BINARIES = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "amtool": ("amtool",),
}


class PrometheusUnavailableError(RuntimeError):
    """A server cannot be had or did not start; the message says why and how to mend it."""


def binary(name: str) -> str:
    """Return the path of `prometheus`, `promtool`, `alertmanager` or `amtool`.

    Raises
    ------
    PrometheusUnavailableError
        Where it is not installed.
    """
    for candidate in _BINARIES[name]:
        found = shutil.which(candidate)
        if found:
            return found
    raise PrometheusUnavailableError(f"{name} is missing: run deploy/local/install-prometheus.sh as root")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    offset = (os.getpid() * 7 + time.monotonic_ns()) % len(FREE_PORTS)
    for step in range(len(FREE_PORTS)):
        port = FREE_PORTS[(offset + step) % len(FREE_PORTS)]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise PrometheusUnavailableError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")


class _LocalServer(ABC):
    """One server: started on entry, stopped by its process id on exit, its log and data in a folder of its own."""

    name = ""

    def __init__(self, home: Path | None, port: int | None) -> None:
        self._own_home = home is None
        self.home = Path(tempfile.mkdtemp(prefix=f"badbuzz-{self.name}-")) if home is None else home
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process id, or None while it is not running."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the command line."""

    def start(self) -> None:
        """Start it and wait until it is ready.

        Raises
        ------
        PrometheusUnavailableError
            It is not installed, ends, or is not ready within a minute; with the end of its log.
        """
        # Where setpriv is there, the server ends with the process that started it, even where that is killed.
        bound = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command = [*bound, *self.command()]
        self.home.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        try:
            while not self._ready():
                self.check()
                if time.monotonic() > deadline:
                    raise PrometheusUnavailableError(f"{self.name} was not ready within {START_TIMEOUT_S:.0f} s")
                time.sleep(0.05)
        except BaseException:
            self.stop()
            raise

    def check(self) -> None:
        """Raise :class:`PrometheusUnavailableError`, with the end of its log, where it has ended by itself."""
        if self._process is None or self._process.poll() is not None:
            lines = self._log.read_text(errors="replace").splitlines()[-10:] if self._log.exists() else []
            raise PrometheusUnavailableError(f"{self.name} is not running; the end of its log:\n" + "\n".join(lines))

    def stop(self) -> None:
        """End it and remove its folder, unless one was named; harmless when repeated."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    def get(self, path: str, **query: str) -> Any:
        """Ask its API and return the decoded answer."""
        address = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  (our own loopback server)
            return json.load(answer)

    @property
    def _log(self) -> Path:
        return self.home / f"{self.name}.log"

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False


class LocalPrometheus(_LocalServer):
    """A Prometheus with a configuration file.

    Parameters
    ----------
    config
        Its `prometheus.yml`.
    home
        Where it keeps its data; by default a fresh folder that is removed at the end.
    port
        Where it listens on 127.0.0.1; a free one by default.
    retention
        How long it keeps samples. The default keeps those of a replay, which are years old.

    Examples
    --------
    >>> with LocalPrometheus(Path("prometheus.yml")) as prometheus:  # doctest: +SKIP
    ...     prometheus.query("up")
    """

    name = "prometheus"

    def __init__(
        self, config: Path, home: Path | None = None, port: int | None = None, retention: str = "100y"
    ) -> None:
        super().__init__(home, port)
        self.config = config
        self.retention = retention

    @property
    def data(self) -> Path:
        """Where its blocks are; blocks put there before it starts are served."""
        return self.home / "data"

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [
            binary("prometheus"),
            f"--config.file={self.config}",
            f"--storage.tsdb.path={self.data}",
            f"--storage.tsdb.retention.time={self.retention}",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            "--enable-feature=exemplar-storage",
        ]

    def query(self, expression: str, time_s: float | None = None) -> list[dict[str, Any]]:
        """Return the series of an instant query, now or at a time in seconds since the epoch."""
        at = {} if time_s is None else {"time": str(time_s)}
        data = self.get("/api/v1/query", query=expression, **at)["data"]
        # A scalar is one nameless series.
        return [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else list(data["result"])

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """Return the series of a range query; times and step in seconds."""
        answer = self.get("/api/v1/query_range", query=expression, start=str(start), end=str(end), step=str(step))
        return list(answer["data"]["result"])


class LocalAlertmanager(_LocalServer):
    """An Alertmanager with a configuration file.

    Parameters
    ----------
    config
        Its `alertmanager.yml`.
    home, port
        As for :class:`LocalPrometheus`.
    """

    name = "alertmanager"

    def __init__(self, config: Path, home: Path | None = None, port: int | None = None) -> None:
        super().__init__(home, port)
        self.config = config

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [
            binary("alertmanager"),
            f"--config.file={self.config}",
            f"--storage.path={self.home / 'data'}",
            f"--web.listen-address={LOOPBACK}:{self.port}",
            # One server alone: without a cluster it does not wait for others.
            "--cluster.listen-address=",
        ]

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts it knows."""
        return list(self.get("/api/v2/alerts"))
