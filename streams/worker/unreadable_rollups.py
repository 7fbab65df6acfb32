"""Messages of `rollups` that a watcher cannot read: stored as dead letters, so that one ends no watcher."""

import logging
from collections.abc import Callable

from streams.errors import InputError
from streams.kafka.logs.dead_letters import DeadLetterWriter
from streams.mentions.dead_letter import ROLLUP, DeadLetter
from streams.scoring.rollup_batch import RollupBatch, decode_batch
from streams.settings.kafka import KafkaSettings

logger = logging.getLogger(__name__)

NOTHING = RollupBatch(made=[])
"""What an unreadable message stands for: its offset is applied, and nothing else."""


class UnreadableRollups:
    """Store what cannot be decoded; blocking, from one thread.

    Parameters
    ----------
    settings
        Connection settings.
    topic
        Full name of `rollups`.
    on_letter
        Called with each dead letter that was stored.
    """

    def __init__(
        self, settings: KafkaSettings, topic: str, on_letter: Callable[[DeadLetter], None] = lambda _: None
    ) -> None:
        self._topic = topic
        self._on_letter = on_letter
        self._writer = DeadLetterWriter(settings)

    def store(self, partition: int, offset: int, value: bytes) -> RollupBatch:
        """Store a message as a dead letter, and return what to apply in its place.

        Raises
        ------
        BrokerError
            Kafka did not accept it: the message is not applied, and is read again.
        """
        try:
            return decode_batch(value)
        except InputError as error:
            letter = DeadLetter(ROLLUP, str(error), f"{self._topic}/{partition}", offset, value)
        self._writer.write(letter)
        logger.error("%s at offset %d cannot be read and is a dead letter: %s", letter.source, offset, letter.detail)
        self._on_letter(letter)
        return NOTHING

    def close(self) -> None:
        """Close the producer, where one was needed."""
        self._writer.close()


def readable(value: bytes | None) -> RollupBatch | None:
    """Return a message's rollups; None where it cannot be read.

    Examples
    --------
    >>> readable(b"nonsense") is None, readable(None) is None
    (True, True)
    """
    try:
        return decode_batch(value or b"")
    except InputError:
        return None
