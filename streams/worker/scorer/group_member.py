"""The scorer's membership in its consumer group: joining, rebalances, and joining anew where the client hangs."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError

from streams.kafka.broker_monitor import TopicState
from streams.kafka.clients import MAX_REQUEST_BYTES, consumer_options
from streams.kafka.transactions import within
from streams.settings.config import Config

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 10.0
STUCK_AFTER_S = 20.0


class GroupMember:
    """A consumer in the scorers' group.

    Parameters
    ----------
    config
        Configuration.
    topic
        Full name of the topic it subscribes to.

    Attributes
    ----------
    consumer
        The client.
    pending
        Partitions were assigned or revoked, and are to be started again.
    """

    def __init__(self, config: Config, topic: str) -> None:
        self.config = config
        self.topic = topic
        self.pending = True
        self._subscribed = False
        self._seen: Mapping[int, int | None] = {}
        self._moved_at = time.monotonic()
        self.consumer: Any = self._open()

    def subscribe(self) -> bool:
        """Join the group once the client knows the topic; return whether it does."""
        if not self._subscribed:
            # With kafka-python 3.0.12, 1 to 3 in 100 joins on a topic that the client does not know yet never end.
            try:
                self._subscribed = bool(self.consumer.partitions_for_topic(self.topic))
            except KafkaError as error:
                logger.debug("the partitions of %s are not known: %s", self.topic, error)
            if self._subscribed:
                self.consumer.subscribe([self.topic], listener=_RebalanceListener(self))
        return self._subscribed

    def joined(self) -> bool:
        """Return whether the group has a member of this name."""
        return bool(self.consumer.group_metadata().generation_id >= 0)

    def stuck(self, positions: Mapping[int, int | None], topic: TopicState | None) -> bool:
        """Return whether messages wait, or the group is not joined, and nothing has moved for `STUCK_AFTER_S`.

        Parameters
        ----------
        positions
            Next offset to read of each partition owned.
        topic
            The topic as a broker that answers describes it; `None` while none does.
        """
        waiting = topic is not None and any(topic.end.get(number, 0) > (at or 0) for number, at in positions.items())
        idle = topic is None or not self._subscribed or (self.joined() and not waiting)
        if idle or positions != self._seen:
            self._seen, self._moved_at = dict(positions), time.monotonic()
        return time.monotonic() - self._moved_at > STUCK_AFTER_S

    def join_anew(self) -> None:
        """Leave the group, and join it as a new member with a new client."""
        self.close()
        self.consumer = self._open()
        self.pending, self._subscribed, self._moved_at = True, False, time.monotonic()

    def close(self) -> None:
        """Leave the group."""
        try:
            within(CLOSE_TIMEOUT_S, self.consumer.close)
        except KafkaError as error:  # the session timeout evicts it
            logger.warning("the consumer could not be closed in order: %s", error)

    def _open(self) -> Any:
        return KafkaConsumer(
            **consumer_options(self.config.kafka, self.config.kafka.scorer_group),
            max_poll_records=self.config.worker.batch_messages,
            max_partition_fetch_bytes=MAX_REQUEST_BYTES,
            partition_assignment_strategy=[StickyPartitionAssignor],
        )


class _RebalanceListener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Record that partitions were assigned or revoked."""

    def __init__(self, member: GroupMember) -> None:
        self._member = member

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._member.pending = True

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._member.pending = True
