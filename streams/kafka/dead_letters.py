"""Dead letters on Kafka: the message as it came, and in its headers why and where it stood; listing, sending again."""

from collections.abc import Iterator

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.errors import InputError
from streams.kafka.clients import clear_errors, consumer_options, producer_options
from streams.kafka.topics import DEAD_LETTERS, MENTIONS
from streams.mentions.dead_letter import DeadLetter
from streams.settings.kafka import KafkaSettings

MAX_VALUE = 1024 * 1024 + 64 * 1024
"""Longer messages, which only a broker set up for them takes, are cut here: the topic takes 2 MiB, headers included."""
MAX_DETAIL = 1000

Headers = list[tuple[str, bytes]]


class KeptLetter(DeadLetter, frozen=True, gc=False):
    """A dead letter, the offset it is kept at, and the key it came with."""

    kept_at: int = 0
    key: bytes | None = None


def headers(letter: DeadLetter) -> Headers:
    """Give the headers of a dead letter's message.

    Examples
    --------
    >>> headers(DeadLetter("json", "malformed", "mentions/3", 17, b"{"))[0]
    ('reason', b'json')
    """
    return [
        ("reason", letter.reason.encode()),
        ("detail", letter.detail.encode(errors="backslashreplace")[:MAX_DETAIL]),
        ("source", letter.source.encode()),
        ("offset", str(letter.offset).encode()),
    ]


def read_letters(settings: KafkaSettings, first: int = 0) -> Iterator[KeptLetter]:
    """Read the dead letters that are there now, oldest first.

    Parameters
    ----------
    settings
        Where Kafka is.
    first
        Leave out those kept at a lower offset.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    place = TopicPartition(settings.topic(DEAD_LETTERS), 0)
    with clear_errors(settings):
        consumer = KafkaConsumer(**consumer_options(settings, None))
        try:
            consumer.assign([place])
            end = consumer.end_offsets([place])[place]
            consumer.seek(place, max(first, consumer.beginning_offsets([place])[place]))
            while consumer.position(place) < end:
                for record in consumer.poll(timeout_ms=1000).get(place, ()):
                    if record.offset < end:
                        yield _letter(record.offset, record.key, record.value, dict(record.headers))
        finally:
            consumer.close()


def find_letter(settings: KafkaSettings, kept_at: int) -> KeptLetter:
    """Give the dead letter kept at an offset.

    Raises
    ------
    InputError
        There is none.
    """
    letter = next(read_letters(settings, kept_at), None)
    if letter is None or letter.kept_at != kept_at:
        raise InputError(f"expected the offset of a dead letter, got {kept_at}: 'badbuzz dead-letters list' shows them")
    return letter


def send_again(settings: KafkaSettings, letters: list[KeptLetter]) -> int:
    """Send dead letters to `mentions` once more, as they came; tell how many.

    They stay among the dead letters; what is still unreadable comes back there. A mention that was read meanwhile is
    dropped as a duplicate.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    with clear_errors(settings):
        producer = KafkaProducer(**producer_options(settings), max_request_size=4 * 1024 * 1024)
        try:
            sent = [producer.send(settings.topic(MENTIONS), value=one.value, key=one.key) for one in letters]
            for future in sent:
                future.get(30)
        finally:
            producer.close()
    return len(sent)


def _letter(kept_at: int, key: bytes | None, value: bytes | None, found: dict[str, bytes]) -> KeptLetter:
    def text(name: str) -> str:
        return found.get(name, b"").decode(errors="replace")

    offset = text("offset")
    return KeptLetter(
        text("reason"), text("detail"), text("source"), int(offset) if offset.isdecimal() else -1, value or b"",
        kept_at, key,
    )  # fmt: skip
