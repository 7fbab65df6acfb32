"""The whole stack on this machine without containers: Kafka, a worker, Prometheus, Alertmanager, all on loopback.

Configured from `deploy/`; only addresses are changed, and the receivers: notifications are printed here. In the
foreground until Ctrl-C::

    python -m deploy.local.stack

Grafana is not part of it: no package registry used here has it. `deploy/compose.yaml` includes it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from deploy.local.configuration import local_alertmanager, local_prometheus
from deploy.local.inbox import Inbox, Notification
from deploy.local.kafka import LocalKafka
from deploy.local.prometheus import LocalAlertmanager, LocalPrometheus, binary
from deploy.local.server import LocalServer, LocalServerError, answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

S = TypeVar("S", bound="LocalStack")

BADBUZZ = Path(sys.executable).with_name("badbuzz")


class LocalWorker(LocalServer):
    """A `badbuzz worker`, both scorer and watcher.

    Parameters
    ----------
    kafka
        Bootstrap server.
    home
        Folder of its log.
    environment
        Options of the worker, beyond the addresses of this machine: `BADBUZZ_...`.
    """

    name = "worker"
    stop_timeout_s = 30.0

    def __init__(self, kafka: str, home: Path, environment: Mapping[str, str]) -> None:
        super().__init__(home)
        self.environment = {
            **os.environ,
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "BADBUZZ_METRICS_PORT": str(self.port),
            **environment,
        }

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [str(BADBUZZ), "worker"]

    def ready(self) -> bool:
        """Return whether its partitions are assigned and its state is restored."""
        return answers(f"{self.url}/readyz")


class LocalStack:
    """All servers, started on entry and stopped by process id on exit.

    Parameters
    ----------
    quick
        Short intervals, for tests.
    on_notification
        Called with each notification that a person would get.
    environment
        Options of the worker, beyond the addresses of this machine: `BADBUZZ_...`.

    Attributes
    ----------
    kafka, worker, prometheus, alertmanager, inbox
        The parts.
    """

    def __init__(
        self,
        *,
        quick: bool = False,
        on_notification: Callable[[Notification], None] = lambda _: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.quick = quick
        self.on_notification = on_notification
        self.home = Path(tempfile.mkdtemp(prefix="badbuzz-stack-"))
        self.kafka = LocalKafka()
        self.worker = LocalWorker(self.kafka.bootstrap, self.home / "worker", environment or {})
        self._stack = ExitStack()
        self.inbox: Inbox
        self.prometheus: LocalPrometheus
        self.alertmanager: LocalAlertmanager

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def scraped(self) -> Sequence[str]:
        """Return the addresses that Prometheus scrapes."""
        return [self.worker.address]

    def servers(self) -> Sequence[LocalServer]:
        """Return the servers that must go on."""
        return [self.kafka, self.worker, self.prometheus, self.alertmanager]

    def addresses(self) -> str:
        """Return the address of each server, for people."""
        return (
            f"Kafka         {self.kafka.bootstrap}\n"
            f"worker        {self.worker.url}/metrics\n"
            f"Prometheus    {self.prometheus.alerts_page}\n"
            f"Alertmanager  {self.alertmanager.url}/api/v2/alerts"
        )

    def badbuzz(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of badbuzz against this stack to its end."""
        command = [str(BADBUZZ), *arguments]
        return subprocess.run(  # noqa: S603
            command, env=self.worker.environment, check=True, capture_output=True, text=True
        )

    def _start(self) -> None:
        self._stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        # Missing binaries are reported before Kafka takes its seconds to start.
        for name in ("prometheus", "alertmanager"):
            binary(name)
        self._stack.enter_context(self.kafka)
        self.badbuzz("topics", "create")
        self.inbox = Inbox(self.on_notification)
        self._stack.callback(self.inbox.close)
        self._stack.enter_context(self.worker)
        config = local_alertmanager(self.home / "alertmanager", self.inbox.url, quick=self.quick)
        self.alertmanager = self._stack.enter_context(LocalAlertmanager(config))
        config = local_prometheus(
            self.home / "prometheus", ", ".join(self.scraped()), self.alertmanager.address, quick=self.quick
        )
        self.prometheus = self._stack.enter_context(LocalPrometheus(config))


def serve(make: Callable[[Callable[[Notification], None]], S], introduction: Callable[[S], str]) -> int:
    """Run a stack in the foreground until Ctrl-C or SIGTERM, printing what a person would be notified of.

    Parameters
    ----------
    make
        Makes the stack, given what to call with each notification.
    introduction
        What is printed once it has started.

    Returns
    -------
    int
        Exit status: 0 at an orderly end, 2 where it cannot start or a server ends by itself.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())

    def show(notification: Notification) -> None:
        if notification.receiver != "dead-mans-switch":
            print(f"\n--- to {notification.receiver}: {notification.title}\n{notification.text}", flush=True)

    try:
        with make(show) as stack:
            print(introduction(stack), flush=True)
            while not stopping.wait(1.0):
                for server in stack.servers():
                    server.check()
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 2
    print("stopped", file=sys.stderr)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stack in the foreground until Ctrl-C or SIGTERM; 0 at an orderly end, 2 where it cannot start."""
    argparse.ArgumentParser(prog="python -m deploy.local.stack", description=main.__doc__).parse_args(argv)
    return serve(
        lambda show: LocalStack(on_notification=show),
        lambda stack: (
            f"{stack.addresses()}\n\n"
            "Send it a record, in another terminal; this one ends while its incident is open:\n"
            f"  {BADBUZZ} demo --record demo.jsonl.gz\n"
            f"  BADBUZZ_KAFKA_BOOTSTRAP_SERVERS={stack.kafka.bootstrap} {BADBUZZ} replay --to-kafka demo.jsonl.gz\n"
            "Of one whose incident ends in it nobody is notified: it is over before the first scrape.\n"
            "Notifications are printed here; Ctrl-C ends it."
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
