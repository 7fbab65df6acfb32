"""A drill on this machine: the whole stack with a console, and `badbuzz drill` through it.

In the foreground until the drill has ended, or Ctrl-C; what follows `--` goes to `badbuzz drill`::

    python -m deploy.local.drill -- --scenario orange_2012
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING

from deploy.local.server import LocalServer, LocalServerError, answers, free_port
from deploy.local.stack import BADBUZZ, LocalStack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from deploy.local.inbox import Notification

ENDS_WITHIN_S = 30.0


class LocalConsole(LocalServer):
    """A `badbuzz console`.

    Parameters
    ----------
    kafka
        Bootstrap server.
    home
        Folder of its log.
    environment
        Options, `BADBUZZ_...`, beyond the addresses of this machine.
    """

    name = "console"

    def __init__(self, kafka: str, home: Path, environment: Mapping[str, str]) -> None:
        super().__init__(home)
        self.metrics_port = free_port()
        self.environment = {
            **os.environ,
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "BADBUZZ_CONSOLE_PORT": str(self.port),
            "BADBUZZ_CONSOLE_METRICS_PORT": str(self.metrics_port),
            **environment,
        }

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [str(BADBUZZ), "console"]

    def ready(self) -> bool:
        """Return whether it has read its topics and serves its page."""
        return answers(self.url)


class DrillStack(LocalStack):
    """The stack with a console.

    Parameters
    ----------
    quick, on_notification, environment
        As for :class:`LocalStack`.

    Attributes
    ----------
    console
        The part beyond those of the stack.
    """

    def __init__(
        self,
        *,
        quick: bool = False,
        on_notification: Callable[[Notification], None] = lambda _: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(quick=quick, on_notification=on_notification, environment=environment)
        self.console = LocalConsole(self.kafka.bootstrap, self.home / "console", environment or {})

    def scraped(self) -> Sequence[str]:
        """Return the addresses that Prometheus scrapes."""
        return [*super().scraped(), f"127.0.0.1:{self.console.metrics_port}"]

    def servers(self) -> Sequence[LocalServer]:
        """Return the servers that must go on."""
        return [*super().servers(), self.console]

    def addresses(self) -> str:
        """Return the address of each server, for people."""
        return f"console       {self.console.url}\n{super().addresses()}"

    def drill(self, *arguments: str, output: int | IO[str] | None = None) -> subprocess.Popen[str]:
        """Start `badbuzz drill` through this stack; its output is the terminal's unless it goes elsewhere."""
        return subprocess.Popen(  # noqa: S603
            [str(BADBUZZ), "drill", *arguments], env=self.worker.environment, stdout=output, text=True
        )

    def _start(self) -> None:
        super()._start()
        self.console.environment = {
            **(self.console.environment or {}),
            "BADBUZZ_ALERTMANAGER_URL": self.alertmanager.url,
        }
        self._stack.enter_context(self.console)


def run(stack: DrillStack, arguments: Sequence[str]) -> int:
    """Run a drill to its end, Ctrl-C included; return its exit status.

    Raises
    ------
    LocalServerError
        A server ended by itself.
    """
    with stack.drill(*arguments) as drill:
        try:
            while True:
                try:
                    return drill.wait(1.0)
                except subprocess.TimeoutExpired:
                    for server in stack.servers():
                        server.check()
        except KeyboardInterrupt:  # the terminal interrupts the drill as well, which then ends with its figures
            return drill.wait(ENDS_WITHIN_S)
        finally:
            if drill.poll() is None:
                drill.terminate()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a drill on this machine; 2 where it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.drill", description=main.__doc__)
    parser.add_argument("arguments", nargs="*", help="options of 'badbuzz drill', after --")
    arguments = parser.parse_args(argv).arguments

    def show(notification: Notification) -> None:
        if notification.receiver != "dead-mans-switch":
            print(f"\n--- to {notification.receiver}: {notification.title}\n{notification.text}", flush=True)

    try:
        with DrillStack(on_notification=show) as stack:
            print(f"{stack.addresses()}\n\nAnswer on the console; notifications are printed here.\n", flush=True)
            return run(stack, arguments)
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
