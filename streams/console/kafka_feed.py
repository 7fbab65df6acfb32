"""The console's feed from Kafka: topics followed from their beginning, actions appended to the topic `desk`."""

import asyncio
import time

from streams.console.state import DESK, INCIDENTS, SITUATIONS, SOURCES, ConsoleState, Record
from streams.console.views.health import Feeding
from streams.desk_log.action import DeskAction
from streams.errors import BrokerError, WorkerError
from streams.kafka.access.rights import console_rights
from streams.kafka.following.stage_members import StageMembers
from streams.kafka.following.topic_follower import Followed, TopicFollower
from streams.kafka.logs.desk_writer import DeskWriter
from streams.kafka.topic_admin import require_granted
from streams.settings.config import Config

READ_TIMEOUT_S = 60.0


class KafkaFeed:
    """Topics `incidents`, `situations`, `desk` and `sources`, followed from their beginning.

    Parameters
    ----------
    config
        Where Kafka is.
    """

    def __init__(self, config: Config) -> None:
        self._settings = config.kafka
        self._members: dict[str, int] | None = None
        self._connected = True
        self._follower: TopicFollower | None = None
        self._log: DeskWriter | None = None
        self._stages = StageMembers(config.kafka, self._record_members)

    async def start(self, state: ConsoleState) -> None:
        """Read the topics to their end, and go on.

        Raises
        ------
        BrokerError
            Kafka cannot be reached, a topic or a right is missing, or the end is not reached within a minute.
        """
        await asyncio.to_thread(require_granted, self._settings, console_rights(self._settings))
        loop = asyncio.get_running_loop()

        def deliver(records: list[Followed]) -> None:
            loop.call_soon_threadsafe(state.apply, [Record(*record) for record in records])

        topics = (DESK, SITUATIONS, INCIDENTS, SOURCES)
        self._follower = follower = TopicFollower(self._settings, topics, deliver)
        await asyncio.to_thread(follower.start)
        self._log = await asyncio.to_thread(DeskWriter, self._settings)
        if not await asyncio.to_thread(follower.caught_up.wait, READ_TIMEOUT_S):
            raise BrokerError(
                f"expected to read the console's topics to their end within {READ_TIMEOUT_S:.0f} s: does Kafka answer?"
            )
        self._stages.start()

    async def append(self, action: DeskAction) -> None:
        """Append an action, and wait until every in-sync copy has it.

        Raises
        ------
        BrokerError
            Kafka did not confirm it.
        """
        if self._log is None:
            raise WorkerError("expected a started feed, got none: start the console first")
        await asyncio.to_thread(self._log.append, action)

    async def stop(self) -> None:
        """End reading and writing."""
        await asyncio.to_thread(self._stages.stop)
        if self._follower is not None:
            await asyncio.to_thread(self._follower.stop)
        if self._log is not None:
            await asyncio.to_thread(self._log.close)

    def now_ms(self) -> int:
        """Return the present by this machine's clock."""
        return round(time.time() * 1000)

    def feeding(self) -> Feeding:
        """Return whether the broker answers, and who runs the stages."""
        return Feeding(self._connected, self._members)

    def failure(self) -> Exception | None:
        """Return why the topics are no longer followed."""
        return self._follower.failure if self._follower is not None else None

    def _record_members(self, members: dict[str, int] | None) -> None:
        self._connected = members is not None
        self._members = members
