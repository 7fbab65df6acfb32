"""A fake Bluesky on which a reconstructed incident happens now: for trying live sources without a network.

In the foreground until Ctrl-C::

    python -m deploy.local.bluesky --port 9470

From the first subscriber on, the past is played at speed until it is now; then the incident goes on in real time.
:class:`LocalBluesky` is the same as a process of a stack.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from deploy.local.bluesky_player import Player
from deploy.local.fake_bluesky import FakeBluesky
from deploy.local.server import LocalServer, answers
from streams.scenarios import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

SCENARIO = "trois_suisses_2012"
NOW = "2012-06-11T18:00:00Z"
"""The instant of that scenario which is now: the code starts to spread."""


class LocalBluesky(LocalServer):
    """A fake Bluesky as a process; it begins to play with its first subscriber.

    Parameters
    ----------
    catch_up_s
        Seconds in which the past is played.
    now
        The instant of the scenario that is now after that.
    """

    name = "bluesky"

    def __init__(self, catch_up_s: float = 45.0, now: str = NOW) -> None:
        super().__init__()
        self._catch_up_s = catch_up_s
        self._now = now

    @property
    def jetstream(self) -> str:
        """Address of its Jetstream, version 2."""
        return f"ws://{self.address}"

    def command(self) -> Sequence[str]:
        """Return the command line."""
        options = ("--port", str(self.port), "--catch-up", str(self._catch_up_s), "--now", self._now)
        return [sys.executable, "-m", "deploy.local.bluesky", *options]

    def ready(self) -> bool:
        """Return whether it answers."""
        return answers(f"{self.url}/xrpc/app.bsky.feed.getPosts")


async def serve(port: int, player: Player) -> None:
    """Serve and play until cancelled; after the scenario's end the network is silent."""
    async with FakeBluesky(player.log, port) as bluesky:
        bluesky.followers, bluesky.handles, bluesky.counts = player.followers, player.handles, player.counts
        print(f"Jetstream  {bluesky.jetstream}\nAppView    {bluesky.url}", flush=True)
        print(f"official   bluesky:{player.official[1]}", flush=True)
        await player.play()
        await asyncio.Event().wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Play a reconstructed incident in the foreground until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.bluesky", description=main.__doc__)
    parser.add_argument("--port", type=int, default=9470, help="port on 127.0.0.1")
    parser.add_argument("--scenario", default=SCENARIO, help="which incident")
    parser.add_argument("--now", default=NOW, help="the instant of it that is now once the past was played")
    parser.add_argument("--catch-up", type=float, default=45.0, help="seconds in which the past is played")
    options = parser.parse_args(argv)

    async def run() -> None:
        now = datetime.fromisoformat(options.now)
        player = Player(load_scenario(options.scenario), now=now, catch_up_s=options.catch_up)
        task = asyncio.ensure_future(serve(options.port, player))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
