"""Reading the compacted topic `sources`: the newest row of each key, to the true end of the topic."""

import contextlib
import time
from collections.abc import Callable

from kafka import KafkaConsumer, TopicPartition

from streams.collecting.cursor_record import CursorRecord, decode_cursor
from streams.errors import BrokerError
from streams.kafka.clients import broker_errors, consumer_options
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import SOURCES
from streams.settings.kafka import KafkaSettings

READ_TIMEOUT_S = 30.0
POLL_MS = 200


def read_rows(settings: KafkaSettings, wanted: Callable[[bytes], bool]) -> dict[bytes, bytes]:
    """Return the newest rows of the topic whose keys are wanted, up to what is committed now.

    Raises
    ------
    KafkaError
        Kafka cannot be reached.
    BrokerError
        The end of the topic is not readable within half a minute.
    """
    partition = TopicPartition(settings.topic(SOURCES), 0)
    options = consumer_options(settings, None)
    rows: dict[bytes, bytes] = {}
    with contextlib.closing(KafkaConsumer(**options | {"isolation_level": "read_uncommitted"})) as consumer:
        # A transaction of another source that is open hides what was committed behind it: read to the true end.
        end = consumer.end_offsets([partition])[partition]
    deadline = time.monotonic() + READ_TIMEOUT_S
    with contextlib.closing(KafkaConsumer(**options)) as consumer:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        while (position := consumer.position(partition)) < end:
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"expected to read the topic {partition.topic} to its end within {READ_TIMEOUT_S:.0f} s, "
                    f"got to {position} of {end}: does Kafka answer, or is a transaction left open?"
                )
            for record in consumer.poll(timeout_ms=POLL_MS).get(partition, ()):
                if wanted(record.key):
                    if record.value is None:
                        rows.pop(record.key, None)
                    else:
                        rows[record.key] = record.value
    return rows


def read_cursors(settings: KafkaSettings) -> dict[str, CursorRecord]:
    """Return the cursor record of each source that was ever collected, by its name.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        A record was written by another version.
    """
    require_topic(settings, SOURCES, "READ")
    with broker_errors(settings):
        rows = read_rows(settings, lambda key: b"/" not in key)
    return {key.decode(): decode_cursor(row) for key, row in sorted(rows.items())}
