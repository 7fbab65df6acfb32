"""A single-node Apache Kafka on this machine, without containers: for tests and for trying badbuzz out.

The broker's jars come from Maven once and are kept under ``${XDG_CACHE_HOME:-~/.cache}/badbuzz/kafka-<version>/``.
Everything listens on 127.0.0.1. For people, in the foreground until Ctrl-C::

    python -m deploy.local.kafka --port 9092

For tests, :class:`LocalKafka` is a context manager. Run it as a module: as a script, its file name would hide
the client library ``kafka``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

HERE = Path(__file__).parent
LOOPBACK = "127.0.0.1"
# Below the ports that Linux lends to outgoing connections (from 32768): while the broker is down for a restart,
# a client that keeps trying its port could otherwise be lent that very port and connect to itself.
FREE_PORTS = range(20_000, 30_000)
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
# Any 16 bytes in URL-safe base 64.
CLUSTER_ID = "badbuzz-local-kafka--A"


class KafkaUnavailableError(RuntimeError):
    """The local broker cannot be had or did not start; the message says why and how to mend it."""


def why_unavailable() -> str | None:
    """Say what the local broker lacks on this machine.

    Returns
    -------
    str or None
        One line with the remedy, or None where Java and, if the jars are not cached yet, Maven are there.
    """
    missing = [name for name in ("java", *(() if _cached() else ("mvn",))) if shutil.which(name) is None]
    if not missing:
        return None
    return f"the local Kafka needs {' and '.join(missing)}: run deploy/local/install-kafka.sh as root"


def kafka_version() -> str:
    """Return the version of Apache Kafka that ``pom.xml`` names, such as ``4.1.1``."""
    version = ET.parse(HERE / "pom.xml").findtext(".//{*}kafka.version")  # noqa: S314  (our own file)
    if version is None:
        raise KafkaUnavailableError(f"{HERE / 'pom.xml'} names no kafka.version")
    return version


def cache_dir() -> Path:
    """Return where the broker's jars are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "badbuzz" / f"kafka-{kafka_version()}"


def _cached() -> bool:
    # The folder appears in one rename: there is never half of it. A changed pom makes it stale.
    pom = cache_dir() / "pom.xml"
    return pom.is_file() and pom.read_bytes() == (HERE / "pom.xml").read_bytes()


def fetch_jars() -> Path:
    """Return the folder with the broker's jars, fetching them through Maven (43 MB) the first time.

    Raises
    ------
    KafkaUnavailableError
        Where Maven is missing or fails.
    """
    home = cache_dir()
    if _cached():
        return home
    if (reason := why_unavailable()) is not None:
        raise KafkaUnavailableError(reason)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.", dir=home.parent) as scratch:
        fresh = Path(scratch) / "jars"
        fresh.mkdir()
        shutil.copy(HERE / "pom.xml", fresh)
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
        done = subprocess.run(  # noqa: S603
            ["mvn", "-q", "-B", "-f", str(fresh / "pom.xml"), *goal],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise KafkaUnavailableError(f"Maven could not fetch the broker's jars:\n{_tail(done.stdout + done.stderr)}")
        if home.exists():
            shutil.rmtree(home)
        try:
            fresh.rename(home)
        except OSError:
            # Another process was quicker; its copy is as good.
            if not _cached():
                raise
    return home


def _tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    # Processes that start together begin at different places.
    offset = os.getpid() * 7 % len(FREE_PORTS)
    for step in range(len(FREE_PORTS)):
        port = FREE_PORTS[(offset + step) % len(FREE_PORTS)]
        if not _in_use(port):
            found.append(port)
            if len(found) == count:
                return found
    raise KafkaUnavailableError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        # As the broker does: a port whose last connections are only lingering is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


class LocalKafka:
    """One broker, started on entry and stopped on exit, with its own data folder.

    Start it in the main thread: where ``setpriv`` is there, the broker ends with the thread that started it, so that
    a killed test run leaves no broker behind.

    Parameters
    ----------
    port : int, optional
        Where it listens on 127.0.0.1; a free one by default.
    data_dir : Path, optional
        Where it keeps its data, created if missing and never removed, so that a later broker goes on with it; by
        default a fresh folder that is removed at the end.
    heap : str
        The JVM's heap, as ``-Xmx`` takes it.

    Examples
    --------
    >>> with LocalKafka() as broker:  # doctest: +SKIP
    ...     print(broker.bootstrap)
    127.0.0.1:20417
    """

    def __init__(self, port: int | None = None, data_dir: Path | None = None, heap: str = "768m") -> None:
        self._wanted_port = port
        self._wanted_data_dir = data_dir
        self._heap = heap
        self._port = 0
        self._controller_port = 0
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients start from, ``127.0.0.1:<port>``; the same after a restart."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The broker's process id, or None while it is not running."""
        return None if self._process is None else self._process.pid

    @property
    def home(self) -> Path:
        """The folder with its ``server.properties``, ``broker.log`` and data."""
        if self._home is None:
            raise KafkaUnavailableError("the broker has not been started")
        return self._home

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Prepare the data folder, start the broker and wait until it serves.

        Raises
        ------
        KafkaUnavailableError
            Where Java or the jars are missing, the port is taken, or the broker ends or serves nothing within 60 s.
        """
        if self._process is not None:
            return
        if (reason := why_unavailable()) is not None:
            raise KafkaUnavailableError(reason)
        jars = fetch_jars()
        if self._home is None:
            self._prepare(jars)
        if _in_use(self._port):
            raise KafkaUnavailableError(f"port {self._port} is taken: stop what listens there or choose another --port")
        with (self.home / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*_bound_to_parent(), *self._java(jars, "kafka.Kafka", f"-Xmx{self._heap}")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal is for the parent, which then stops the broker in order.
                start_new_session=True,
            )
        self._await_serving()

    def check(self) -> None:
        """Raise :class:`KafkaUnavailableError`, with the end of its log, where the broker has ended by itself."""
        if self._process is None or self._process.poll() is not None:
            log = _tail((self.home / "broker.log").read_text(errors="replace"))
            raise KafkaUnavailableError(f"the broker is not running; the end of its log:\n{log}")

    def kill(self) -> None:
        """End the broker at once, as a power cut would (SIGKILL); its data stays for :meth:`restart`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def terminate(self) -> None:
        """End the broker in order (SIGTERM; SIGKILL after 15 s); its data stays for :meth:`restart`."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def restart(self) -> None:
        """Start the broker again on the same port and data, after ending it in order if it still runs."""
        self.terminate()
        self.start()

    def stop(self) -> None:
        """End the broker and remove its data, unless a data folder was named; harmless when repeated."""
        if self._wanted_data_dir is None:
            # Nobody reads this data again: no need for it to be left in order.
            self.kill()
            if self._home is not None:
                shutil.rmtree(self._home, ignore_errors=True)
                self._home = None
        else:
            self.terminate()

    def _prepare(self, jars: Path) -> None:
        free = _free_ports(2)
        self._port = self._wanted_port or free[0]
        self._controller_port = free[1]
        if self._wanted_data_dir is None:
            home = Path(tempfile.mkdtemp(prefix="badbuzz-kafka-"))
        else:
            home = self._wanted_data_dir.resolve()
            home.mkdir(parents=True, exist_ok=True)
        log_dir = home / "data"
        settings = {"port": self._port, "controller_port": self._controller_port, "log_dir": log_dir}
        template = string.Template((HERE / "server.properties").read_text())
        # `$` only stands in comments beside the three names, so nothing is left to guess.
        (home / "server.properties").write_text(template.safe_substitute({k: str(v) for k, v in settings.items()}))
        self._home = home
        if (log_dir / "meta.properties").exists():
            return
        command = self._java(
            jars, "kafka.tools.StorageTool", "-XX:TieredStopAtLevel=1", "format", "-t", CLUSTER_ID, "-c"
        )
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise KafkaUnavailableError(f"the data folder could not be formatted:\n{_tail(done.stdout + done.stderr)}")

    def _java(self, jars: Path, main: str, jvm: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        classes = ["-cp", f"{jars}/*", main]
        return [
            "java",
            jvm,
            "-Djava.awt.headless=true",
            logging,
            *classes,
            *arguments,
            f"{self.home}/server.properties",
        ]

    def _await_serving(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        try:
            while not self._serves():
                self.check()
                if time.monotonic() > deadline:
                    raise KafkaUnavailableError(f"the broker served nothing within {START_TIMEOUT_S:.0f} s")
                time.sleep(0.05)
        except BaseException:
            # Also where Ctrl-C cuts the wait short: leave no broker behind.
            self.kill()
            raise

    def _serves(self) -> bool:
        """Tell whether the broker names itself among those ready: its port opens a second before that."""
        try:
            socket.create_connection((LOOPBACK, self._port), timeout=1).close()
            with KafkaAdminClient(bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=2_000) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except (OSError, KafkaError):
            return False


def _bound_to_parent() -> list[str]:
    # It asks the kernel for a signal at the parent's end, then becomes the broker: the pid is the broker's.
    return ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


def main(argv: Sequence[str] | None = None) -> int:
    """Run a broker in the foreground until Ctrl-C or SIGTERM; 0 at an orderly end, 2 where it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.kafka", description=main.__doc__)
    parser.add_argument("--port", type=int, default=9092, help="port on 127.0.0.1 (default: 9092; 0: any free one)")
    parser.add_argument("--data-dir", type=Path, help="keep the data here (default: a new folder, removed at the end)")
    parser.add_argument("--heap", default="768m", help="heap of the JVM (default: 768m)")
    options = parser.parse_args(argv)

    asked_to_stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    broker = LocalKafka(options.port or None, options.data_dir, options.heap)
    try:
        print("starting Apache Kafka", kafka_version(), file=sys.stderr)
        broker.start()
        print(f"{broker.bootstrap} serves (pid {broker.pid}, data in {broker.home}); Ctrl-C ends it", file=sys.stderr)
        while not asked_to_stop.wait(0.5):
            broker.check()
    except KafkaUnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        broker.stop()
    print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
