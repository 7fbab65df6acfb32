"""A single-node Apache Kafka on this machine, without containers: for tests and for trying badbuzz out.

Everything listens on 127.0.0.1. For people, in the foreground until Ctrl-C::

    python -m deploy.local.kafka --port 9092

For tests, :class:`LocalKafka` is a context manager. Run it as a module: as a script, its file name would hide
the client library ``kafka``.
"""

from __future__ import annotations

import argparse
import signal
import socket
import string
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local.kafka_jars import fetch_jars, kafka_version
from deploy.local.server import LOOPBACK, LocalServer, LocalServerError, free_port, tail

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
# Any 16 bytes in URL-safe base 64.
CLUSTER_ID = "badbuzz-local-kafka--A"


class LocalKafka(LocalServer):
    """One broker, started on entry and stopped on exit, with its own data folder.

    Parameters
    ----------
    port : int, optional
        Port it listens on at 127.0.0.1; a free one by default.
    data_dir : Path, optional
        Folder of its data, created if missing and never removed, so that a later broker continues with it; by default
        a fresh folder that is removed at the end.
    heap : str
        Heap of the JVM, in the form of ``-Xmx``.

    Examples
    --------
    >>> with LocalKafka() as broker:  # doctest: +SKIP
    ...     print(broker.bootstrap)
    127.0.0.1:20417
    """

    name = "broker"
    templates: Sequence[str] = ("server.properties",)

    def __init__(self, port: int | None = None, data_dir: Path | None = None, heap: str = "768m") -> None:
        super().__init__(data_dir.resolve() if data_dir else None, port)
        self._heap = heap
        self._controller_port = free_port()
        self._jars: Path | None = None

    @property
    def bootstrap(self) -> str:
        """The bootstrap server for clients, ``127.0.0.1:<port>``; the same after a restart."""
        return self.address

    def prepare(self) -> None:
        """Fetch the jars, write ``server.properties`` and format the data folder, each unless that was done before."""
        self._jars = fetch_jars()
        super().prepare()
        log_dir = self.home / "data"
        template = string.Template("".join((HERE / name).read_text() for name in self.templates))
        # `$` only stands in comments beside these names, so nothing is left unresolved.
        (self.home / "server.properties").write_text(template.safe_substitute(self.names()))
        if (log_dir / "meta.properties").exists():
            return
        storage = ["format", "-t", CLUSTER_ID, *self.format_options(), "-c"]
        command = self._java("kafka.tools.StorageTool", "-XX:TieredStopAtLevel=1", *storage)
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise LocalServerError(f"the data folder could not be formatted:\n{tail(done.stdout + done.stderr)}")

    def names(self) -> dict[str, str]:
        """Return what the templates are filled in with."""
        return {
            "port": str(self.port),
            "controller_port": str(self._controller_port),
            "log_dir": str(self.home / "data"),
        }

    def format_options(self) -> Sequence[str]:
        """Return further options for formatting the data folder."""
        return ()

    def client_options(self) -> dict[str, Any]:
        """Return the keyword arguments with which kafka-python connects."""
        return {"bootstrap_servers": self.bootstrap}

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return self._java("kafka.Kafka", f"-Xmx{self._heap}")

    def ready(self) -> bool:
        """Return whether the broker is registered in its cluster: its port opens a second before that."""
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
            with KafkaAdminClient(**self.client_options(), bootstrap_timeout_ms=2_000) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except (OSError, KafkaError):
            return False

    def _java(self, main: str, jvm: str, *arguments: str) -> list[str]:
        return [
            "java",
            jvm,
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            "-cp",
            f"{self._jars}/*",
            main,
            *arguments,
            f"{self.home}/server.properties",
        ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a broker in the foreground until Ctrl-C or SIGTERM; 0 at an orderly end, 2 where it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.kafka", description=main.__doc__)
    parser.add_argument("--port", type=int, default=9092, help="port on 127.0.0.1 (default: 9092; 0: any free one)")
    parser.add_argument(
        "--data-dir", type=Path, help="folder of its data, not removed (default: a new folder, removed at the end)"
    )
    parser.add_argument("--heap", default="768m", help="heap of the JVM (default: 768m)")
    options = parser.parse_args(argv)

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    broker = LocalKafka(options.port or None, options.data_dir, options.heap)
    try:
        print("starting Apache Kafka", kafka_version(), file=sys.stderr)
        broker.start()
        print(f"{broker.bootstrap} serves (pid {broker.pid}, data in {broker.home}); Ctrl-C ends it", file=sys.stderr)
        while not stopping.wait(0.5):
            broker.check()
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        broker.stop()
    print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
