"""Publishing incident events and situations exactly once, whatever process is killed when.

A new owner of a partition reprocesses messages whose events may have been published already. The topic itself says
which: before its first event of a partition the publisher fences the previous owner (`streams.kafka.fenced_writers`)
and reads the ids that are there. Nobody else can write between that read and its own write, so no event is lost and
none is written twice, not even by a watcher that was suspended for long and comes back. Situations are compacted, so
their newest event time by brand stands for those that are there.
"""

import contextlib
import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import consumer_options
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.reading import read_to_end
from streams.kafka.topics import INCIDENTS, SITUATIONS
from streams.settings.kafka import KafkaSettings
from streams.situations.situation import Situation
from streams.watching.watch_event import WatchEvent

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT_S = 120.0
RETRY_S = 0.2


class _EventId(msgspec.Struct):
    id: str


class _SituationTime(msgspec.Struct):
    brand: str
    at: str
    ended: bool


class _Published(NamedTuple):
    """What is on a partition: the ids of events, and by brand the newest situation's place in order."""

    lease: object
    ids: set[str]
    newest: dict[str, tuple[str, bool]]


_decode_id = msgspec.json.Decoder(_EventId).decode
_decode_time = msgspec.json.Decoder(_SituationTime).decode


class IncidentPublisher:
    """Publish to `incidents` and `situations`, dropping what is there already; blocking, from one thread.

    Parameters
    ----------
    settings
        Connection settings.
    writers
        Write to its partitions.
    """

    def __init__(self, settings: KafkaSettings, writers: FencedWriters) -> None:
        self.settings = settings
        self.topic = settings.topic(INCIDENTS)
        self.situations_topic = settings.topic(SITUATIONS)
        self.writers = writers
        # By partition: what is on it, and the lease under which it was read.
        self._published: dict[int, _Published] = {}

    def publish(self, partition: int, events: Sequence[WatchEvent], situations: Sequence[Situation] = ()) -> int:
        """Write in one transaction what is not there yet, in its order, wait for the commit, and log the summaries.

        Parameters
        ----------
        partition
            The partition of their brands.
        events, situations
            To publish.

        Returns
        -------
        int
            How many events were new.

        Raises
        ------
        BrokerError
            Kafka accepted nothing for two minutes.
        """
        deadline = time.monotonic() + PUBLISH_TIMEOUT_S
        while True:
            try:
                return self._publish(partition, events, situations)
            except KafkaError as error:
                logger.warning("incident events wait for the broker: %s: %s", type(error).__name__, error)
                if time.monotonic() > deadline:
                    raise BrokerError(
                        f"Kafka accepted no incident event for {PUBLISH_TIMEOUT_S:.0f} s: {error}"
                    ) from error
                time.sleep(RETRY_S)

    def _publish(self, partition: int, events: Sequence[WatchEvent], situations: Sequence[Situation]) -> int:
        lease = self.writers.current_lease(partition) or self.writers.acquire(partition)
        there = self._published.get(partition)
        if there is None or there.lease is not lease:
            there = self._published[partition] = self._read(partition, lease)
        new = [event for event in events if event.id not in there.ids]
        messages = [(self.topic, event.id.encode(), event.to_json()) for event in new]
        newest = dict(there.newest)
        for situation in situations:
            if _order(situation) > newest.get(situation.brand, ("", False)):
                newest[situation.brand] = _order(situation)
                messages.append((self.situations_topic, situation.brand.encode(), situation.to_json()))
        if messages:
            self.writers.write(partition, lease, messages)
            there.ids.update(event.id for event in new)
            there.newest.update(newest)
            for event in new:
                logger.info("%s %s", event.at, event.summary)
        return len(new)

    def _read(self, partition: int, lease: object) -> _Published:
        there = _Published(lease, set(), {})
        places = [TopicPartition(topic, partition) for topic in (self.topic, self.situations_topic)]
        with contextlib.closing(KafkaConsumer(**consumer_options(self.settings, None))) as consumer:
            for record in read_to_end(consumer, places):
                if not record.value:
                    continue
                if record.topic == self.topic:
                    there.ids.add(_decode_id(record.value).id)
                else:
                    time_of = _decode_time(record.value)
                    # One that `badbuzz forget` rewrote comes again.
                    there.newest[time_of.brand] = max(_order(time_of), there.newest.get(time_of.brand, ("", False)))
        return there


def _order(situation: Situation | _SituationTime) -> tuple[str, bool]:
    """Return the place of a situation among its brand's: in one minute, what ended comes before what is open."""
    return situation.at, not situation.ended
