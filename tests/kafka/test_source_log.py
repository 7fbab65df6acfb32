"""What is collected is on Kafka once, whatever happens to the collector, the broker, or the answer of the broker."""

import contextlib
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from kafka import KafkaConsumer, KafkaProducer

from deploy.local.kafka import LocalKafka
from streams.collecting.commit import Commit
from streams.errors import BrokerError, WorkerError
from streams.kafka.clients import consumer_options, transactional_producer_options
from streams.kafka.logs.dead_letters import read_letters
from streams.kafka.logs.source_log import SourceLog
from streams.kafka.partitioning import brand_partition
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS, SOURCES
from streams.mentions.dead_letter import DeadLetter
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import TOPICS

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def settings(kafka_settings: KafkaSettings) -> KafkaSettings:
    create(kafka_settings, TOPICS)
    return kafka_settings


@pytest.fixture
def logs(settings: KafkaSettings) -> Iterator[list[SourceLog]]:
    logs = [SourceLog(settings, "press") for _ in range(2)]
    yield logs
    for log in logs:
        log.close()


def commit(number: int, **fields: object) -> Commit:
    return Commit(messages=[("Acme", b"%d" % number)], cursor=str(number), **fields)  # type: ignore[arg-type]


def mentions(settings: KafkaSettings) -> list[bytes]:
    """The committed mentions of Acme, in order."""
    options = consumer_options(settings, None)
    with contextlib.closing(KafkaConsumer(settings.topic(MENTIONS), **options, consumer_timeout_ms=2000)) as consumer:
        found = list(consumer)
    assert {(record.key, record.partition) for record in found} <= {
        (b"Acme", brand_partition("Acme", TOPICS.mentions_partitions))
    }
    return [record.value for record in found]


def test_the_next_collector_resumes_at_the_cursor_with_the_rows_of_its_own_source(
    settings: KafkaSettings, logs: list[SourceLog]
) -> None:
    first, second = logs
    other = SourceLog(settings, "press-2")
    other.open()
    other.write(Commit(cursor="other", rows={b"press-2/posts/1": b"other"}))
    other.close()
    assert first.open().cursor is None
    first.write(commit(1, rows={b"press/posts/1": b"one", b"press/posts/2": b"two"}, complete_to=NOON))
    first.write(Commit(rows={b"press/posts/1": None}))
    position = second.open()
    assert (position.cursor, position.complete_to) == ("1", NOON)
    assert {key: row for key, row in position.rows.items() if key != b"press"} == {b"press/posts/2": b"two"}
    assert mentions(settings) == [b"1"]


def test_a_fenced_collector_writes_nothing_and_is_told_who_took_over(
    settings: KafkaSettings, logs: list[SourceLog]
) -> None:
    first, second = logs
    first.open()
    first.write(commit(1))
    second.open()
    with pytest.raises(BrokerError, match="fenced"):
        first.write(commit(2))
    with pytest.raises(WorkerError, match="press: expected to be its only collector, but another one took it over"):
        first.write(commit(2))
    second.write(commit(3))
    assert mentions(settings) == [b"1", b"3"]


def test_a_collector_whose_transaction_the_broker_ended_goes_on(settings: KafkaSettings, logs: list[SourceLog]) -> None:
    """As after a suspended machine: nobody has taken its source over."""
    first = logs[0]
    first.open()
    first.write(commit(1))
    stranger = KafkaProducer(**transactional_producer_options(settings, "source-press"))
    stranger.init_transactions()
    stranger.close()
    with pytest.raises(BrokerError, match="fenced"):
        first.write(commit(2))
    first.write(commit(2))
    first.write(commit(3))
    assert mentions(settings) == [b"1", b"2", b"3"]


def test_a_commit_without_an_answer_is_there_once_after_it_is_tried_again(
    broker: LocalKafka, settings: KafkaSettings, logs: list[SourceLog]
) -> None:
    first = logs[0]
    first.open()
    first.write(commit(1))
    assert broker.pid
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        with pytest.raises(BrokerError):
            first.write(commit(2))
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    for number in (2, 3):
        for _ in range(20):
            with contextlib.suppress(BrokerError):
                first.write(commit(number))
                break
    assert mentions(settings) == [b"1", b"2", b"3"]


def test_a_commit_that_is_there_although_its_answer_was_lost_is_not_written_again(
    settings: KafkaSettings, logs: list[SourceLog]
) -> None:
    first = logs[0]
    first.open()
    before = first._record
    first.write(commit(1))
    # As where the connection broke after the commit: the log does not know of it.
    first.close()
    first._record = before
    first.write(commit(1))
    first.write(commit(2))
    assert mentions(settings) == [b"1", b"2"]


def test_an_open_transaction_of_another_source_does_not_hide_the_newest_cursor(
    settings: KafkaSettings, logs: list[SourceLog]
) -> None:
    first, second = logs
    first.open()
    first.write(commit(1))
    slow = KafkaProducer(**transactional_producer_options(settings, "source-slow"))
    slow.init_transactions()
    slow.begin_transaction()
    slow.send(settings.topic(SOURCES), key=b"slow", value=b"{}", partition=0).get(timeout=10)
    first.write(commit(2))
    position = second.open()  # once the broker has ended the other's transaction
    slow.close(timeout=0)
    assert position.cursor == "2"


def test_dead_letters_are_stored_with_the_commit(settings: KafkaSettings, logs: list[SourceLog]) -> None:
    log = logs[0]
    log.open()
    log.write(commit(1, dead_letters=[DeadLetter("missing", "expected `id`", "hook desk", 0, b"{}")]))
    [letter] = read_letters(settings)
    assert (letter.reason, letter.value, letter.source) == ("missing", b"{}", "hook desk")
