"""The commit log on Kafka, for the event loop: blocking calls on a thread of their own, one after the other."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from streams.collecting.commit import Commit, Position
from streams.kafka.logs.source_log import SourceLog
from streams.settings.kafka import KafkaSettings


class KafkaCommits:
    """Write the commits of one source to Kafka; methods as in `streams.collecting.commit.CommitLog`.

    Parameters
    ----------
    settings
        Connection settings.
    name
        Of the source.
    """

    def __init__(self, settings: KafkaSettings, name: str) -> None:
        self._log = SourceLog(settings, name)
        self._thread = ThreadPoolExecutor(1, f"commit {name}")

    async def open(self) -> Position:
        """Fence the previous collector and return what it committed last."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._log.open)

    async def write(self, commit: Commit) -> None:
        """Write a commit in one transaction."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._log.write, commit)

    async def close(self) -> None:
        """Close the producer, behind whatever is still under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._log.close)
        self._thread.shutdown(wait=False)
