"""Loading the state of a watcher's partitions; offsets that belong to another log than the present one are ignored."""

import logging
import time
from collections.abc import Callable
from typing import Any

from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.changelog import WatchChangelog
from streams.kafka.start_offset import StartCounts, start_offset
from streams.kafka.topics import ROLLUPS
from streams.settings.kafka import KafkaSettings
from streams.watching.rows.state_store import BrandStateStore
from streams.worker.health.delivery_gaps import START

logger = logging.getLogger(__name__)

STATE_TIMEOUT_S = 120.0
TOPIC_TIMEOUT_S = 0.5
RETRY_S = 0.5


class StateLoader(StartCounts):
    """Load the state of partitions, and find where their messages must be read from.

    Parameters
    ----------
    kafka
        Names of the topic and the group.
    monitor
        Knows the log.
    store
        State of the brands.
    app
        The `WatcherApp`, which reads from the offsets found.
    changelog
        Holds the rows of the store.
    """

    def __init__(
        self, kafka: KafkaSettings, monitor: BrokerMonitor, store: BrandStateStore, app: Any, changelog: WatchChangelog
    ) -> None:
        self.topic = kafka.topic(ROLLUPS)
        super().__init__()
        self._group = kafka.topic(kafka.watcher_group)
        self._monitor = monitor
        self._store = store
        self._app = app
        self._changelog = changelog

    def replaced(self) -> bool:
        """Return whether the topic was created anew since the state was loaded."""
        topic = self._monitor.topic(self.topic)
        return topic is not None and topic.id != self._store.topic_id

    def positions(self, partitions: set[int]) -> dict[int, int | None]:
        """Return the next offset to apply of each partition."""
        read, fetched = self._app.read_ends(), self._app.read_positions()
        positions: dict[int, int | None] = {}
        for partition in partitions:
            applied = self._store.position(partition)
            # Where all that was read is applied, only transaction markers lie before the next fetch.
            all_applied = read.get(partition, START) == (START if applied is None else applied)
            positions[partition] = fetched.get(partition, applied) if all_applied else applied
        return positions

    def load(self, partitions: set[int], wanted: Callable[[], bool]) -> None:
        """Load the state of partitions, waiting for the broker where it is away; blocking.

        Parameters
        ----------
        partitions
            Those owned now.
        wanted
            False once it is no longer worth going on.

        Raises
        ------
        BrokerError
            The state could not be loaded for two minutes.
        """
        deadline = time.monotonic() + STATE_TIMEOUT_S
        while wanted():
            try:
                self._changelog.load(partitions, wanted)
                while wanted() and not self._start(partitions):
                    pass
                return
            except KafkaError as error:
                if time.monotonic() > deadline:
                    raise BrokerError(f"state could not be loaded for {STATE_TIMEOUT_S:.0f} s: {error}") from error
                logger.warning("loading state waits for the broker: %s: %s", type(error).__name__, error)
                time.sleep(RETRY_S)

    def _start(self, partitions: set[int]) -> bool:
        """Compare offsets with the log; return False where the broker does not describe it in time."""
        # An older answer may lack messages that are applied already.
        topic = self._monitor.topic_now(self.topic, TOPIC_TIMEOUT_S)
        if topic is None or self._monitor.state is None:
            return False
        other_log = self._store.open_log(topic.id, topic.end)
        committed = self._monitor.state.committed.get(self._group, {})
        starts = {p: start_offset(committed.get((self.topic, p)), "", topic, p) for p in partitions}
        reset = partitions if other_log else {p for p, start in starts.items() if start.reset}
        self._app.from_first = frozenset(reset)
        uncounted = {p: start for p, start in starts.items() if self.uncounted(topic.id, p, start)}
        if reset := reset & uncounted.keys():
            self.resets += len(reset)
            logger.error(
                "topic %s was created anew or cut: partitions %s are applied from their first messages",
                self.topic,
                sorted(reset),
            )
        if lost := sum(start.lost for start in uncounted.values()):
            self.lost += lost
            logger.error("retention deleted %d messages of %s before they were applied", lost, self.topic)
        return True
