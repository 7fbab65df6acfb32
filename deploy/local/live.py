"""The whole stack with live sources: a made-up Bluesky, a collector, Kafka, a worker, Prometheus, Alertmanager.

A reconstructed incident happens as if it were now: its past is played at speed, then it goes on in real time. In the
foreground until Ctrl-C::

    python -m deploy.local.live
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from deploy.local.bluesky import LocalBluesky
from deploy.local.server import LocalServer, answers, free_port
from deploy.local.stack import BADBUZZ, LocalStack, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from deploy.local.inbox import Notification

SOURCE = "bluesky"
NOW = "2012-06-11T23:56:00Z"
"""The instant of the incident that is now: two minutes later it is a warning."""
CONFIGURATION = """\
[brands."3 Suisses"]
names = ["3 suisses", "3suisses", "les 3 suisses"]
hashtags = ["3suisses"]

[source]
pseudonym_key = "only for a made-up network on this machine"
allow_private = true

[sources.{source}]
type = "jetstream"
url = ["{jetstream}"]
appview = "{appview}"
"""


class LocalCollector(LocalServer):
    """A `badbuzz source run`.

    Parameters
    ----------
    kafka
        Bootstrap server.
    home
        Folder of its log and configuration.
    configuration
        Text of its badbuzz.toml.
    environment
        Options, `BADBUZZ_...`, beyond the addresses of this machine.
    """

    name = "collector"
    stop_timeout_s = 30.0

    def __init__(self, kafka: str, home: Path, configuration: str, environment: Mapping[str, str]) -> None:
        super().__init__(home)
        self.configuration = configuration
        self.environment = {
            **os.environ,
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "BADBUZZ_SOURCE_METRICS_PORT": str(self.port),
            "BADBUZZ_SOURCE_LISTEN": f"127.0.0.1:{free_port()}",
            **environment,
        }

    def prepare(self) -> None:
        """Write its configuration."""
        super().prepare()
        (self.home / "badbuzz.toml").write_text(self.configuration, encoding="utf-8")

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [str(BADBUZZ), "source", "run", "--config", str(self.home / "badbuzz.toml")]

    def ready(self) -> bool:
        """Return whether the cursors are read and Kafka accepts commits."""
        return answers(f"{self.url}/readyz")


class LiveStack(LocalStack):
    """The stack, a fake Bluesky and a collector that reads it.

    Parameters
    ----------
    quick, on_notification, environment
        As for :class:`LocalStack`.
    catch_up_s
        Seconds in which the incident's past is played.

    Attributes
    ----------
    bluesky, collector
        The parts beyond those of the stack.
    """

    def __init__(
        self,
        *,
        quick: bool = False,
        on_notification: Callable[[Notification], None] = lambda _: None,
        environment: Mapping[str, str] | None = None,
        catch_up_s: float = 45.0,
    ) -> None:
        super().__init__(quick=quick, on_notification=on_notification, environment=environment)
        self.bluesky = LocalBluesky(catch_up_s, NOW)
        configuration = CONFIGURATION.format(source=SOURCE, jetstream=self.bluesky.jetstream, appview=self.bluesky.url)
        self.collector = LocalCollector(self.kafka.bootstrap, self.home / "collector", configuration, environment or {})

    def scraped(self) -> Sequence[str]:
        """Return the addresses that Prometheus scrapes."""
        return [*super().scraped(), self.collector.address]

    def servers(self) -> Sequence[LocalServer]:
        """Return the servers that must go on."""
        return [self.bluesky, self.collector, *super().servers()]

    def addresses(self) -> str:
        """Return the address of each server, for people."""
        return (
            f"Bluesky       {self.bluesky.url} (made up)\n"
            f"collector     {self.collector.url}/metrics\n"
            f"{super().addresses()}"
        )

    def _start(self) -> None:
        super()._start()
        # It begins to play once the collector subscribes.
        self._stack.enter_context(self.bluesky)
        self._stack.enter_context(self.collector)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stack in the foreground until Ctrl-C or SIGTERM; 0 at an orderly end, 2 where it cannot start."""
    argparse.ArgumentParser(prog="python -m deploy.local.live", description=main.__doc__).parse_args(argv)
    return serve(
        lambda show: LiveStack(on_notification=show),
        lambda stack: (
            f"{stack.addresses()}\n\n"
            "Three weeks of posts are played in a minute; then the night of 11 June 2012 happens now.\n"
            "Notifications are printed here; Ctrl-C ends it."
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
