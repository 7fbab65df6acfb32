"""The dead-letter topic: each message as it came, reason and origin in its headers; listing and sending again."""

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.errors import InputError
from streams.kafka.clients import MAX_REQUEST_BYTES, broker_errors, consumer_options, producer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import DEAD_LETTERS, MENTIONS, ROLLUPS
from streams.mentions.dead_letter import ROLLUP, DeadLetter
from streams.settings.kafka import KafkaSettings

MAX_DEAD_LETTER_BYTES = 1024 * 1024 + 64 * 1024
"""Longer messages, which only a broker configured for them accepts, are cut: the topic allows 2 MiB with headers."""
MAX_DETAIL_BYTES = 1000
SEND_TIMEOUT_S = 30

Headers = list[tuple[str, bytes]]


class StoredLetter(DeadLetter, frozen=True, gc=False):
    """A dead letter with its offset in the dead-letter topic (`kept_at` in JSON) and the key it came with."""

    stored_at: int = msgspec.field(default=0, name="kept_at")
    key: bytes | None = None


def headers(letter: DeadLetter) -> Headers:
    """Return the headers of a dead letter's message.

    Examples
    --------
    >>> headers(DeadLetter("json", "malformed", "mentions/3", 17, b"{"))[0]
    ('reason', b'json')
    """
    return [
        ("reason", letter.reason.encode()),
        ("detail", letter.detail.encode(errors="backslashreplace")[:MAX_DETAIL_BYTES]),
        ("source", letter.source.encode()),
        ("offset", str(letter.offset).encode()),
    ]


def read_letters(settings: KafkaSettings, first: int = 0) -> Iterator[StoredLetter]:
    """Read the dead letters that are stored now, oldest first.

    Parameters
    ----------
    settings
        Connection settings.
    first
        Leave out those at a lower offset.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    require_topic(settings, DEAD_LETTERS, "READ")
    partition = TopicPartition(settings.topic(DEAD_LETTERS), 0)
    with (
        broker_errors(settings),
        contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer,
    ):
        start = max(first, consumer.beginning_offsets([partition])[partition])
        for record in read_to_end(consumer, [partition], {partition: start}):
            yield _letter(record.offset, record.key, record.value, dict(record.headers))


def find_letter(settings: KafkaSettings, offset: int) -> StoredLetter:
    """Return the dead letter at an offset of the dead-letter topic.

    Raises
    ------
    InputError
        There is none.
    """
    letter = next(read_letters(settings, offset), None)
    if letter is None or letter.stored_at != offset:
        raise InputError(f"expected the offset of a dead letter, got {offset}: 'badbuzz dead-letters list' shows them")
    return letter


def send_again(settings: KafkaSettings, letters: list[StoredLetter]) -> int:
    """Send dead letters once more, as they came: to `mentions`, or to their partition of `rollups`; return how many.

    They stay in the dead-letter topic; one that is still unreadable is added to it again. A mention that was read
    meanwhile is dropped as a duplicate; a rollup is sent once, however often it is stored.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    require_topic(settings, MENTIONS, "WRITE")
    with broker_errors(settings):
        producer = KafkaProducer(**producer_options(settings), max_request_size=MAX_REQUEST_BYTES)
        try:
            sent = [
                producer.send(**_destination(settings, letter), value=letter.value) for letter in _distinct(letters)
            ]
            for future in sent:
                future.get(SEND_TIMEOUT_S)
        finally:
            producer.close()
    return len(sent)


class DeadLetterWriter:
    """Write single dead letters; blocking, from one thread. Its producer is opened by the first.

    Parameters
    ----------
    settings
        Connection settings.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None

    def write(self, letter: DeadLetter) -> None:
        """Write a dead letter, and wait until it is stored.

        Raises
        ------
        BrokerError
            Kafka cannot be reached, or did not accept it in time.
        """
        with broker_errors(self._settings):
            if self._producer is None:
                self._producer = KafkaProducer(**producer_options(self._settings), max_request_size=MAX_REQUEST_BYTES)
            value = letter.value[:MAX_DEAD_LETTER_BYTES]
            topic = self._settings.topic(DEAD_LETTERS)
            self._producer.send(topic, value=value, headers=headers(letter), partition=0).get(SEND_TIMEOUT_S)

    def close(self) -> None:
        """Close the producer, where there is one."""
        if self._producer is not None:
            self._producer.close(timeout=SEND_TIMEOUT_S)


def _distinct(letters: list[StoredLetter]) -> list[StoredLetter]:
    """Leave out what is stored a second time: a watcher that was killed may have stored the same message twice."""
    rollups = {(letter.source, letter.offset): letter for letter in letters if letter.reason == ROLLUP}
    return [letter for letter in letters if letter.reason != ROLLUP] + list(rollups.values())


def _destination(settings: KafkaSettings, letter: StoredLetter) -> dict[str, Any]:
    if letter.reason != ROLLUP:
        return {"topic": settings.topic(MENTIONS), "key": letter.key}
    return {"topic": settings.topic(ROLLUPS), "partition": int(letter.source.rpartition("/")[2])}


def _letter(stored_at: int, key: bytes | None, value: bytes | None, fields: dict[str, bytes]) -> StoredLetter:
    def text(name: str) -> str:
        return fields.get(name, b"").decode(errors="replace")

    offset = text("offset")
    return StoredLetter(
        text("reason"), text("detail"), text("source"), int(offset) if offset.isdecimal() else -1, value or b"",
        stored_at, key,
    )  # fmt: skip
