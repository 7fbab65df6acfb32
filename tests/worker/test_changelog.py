"""The rows of the watchers' memory, on a real broker."""

from collections.abc import Iterator

import pytest
from kafka.errors import KafkaError

from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.topics import create
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.row_keys import brand_key
from streams.worker.changelog import WatchChangelog
from tests.helpers.cluster import TOPICS

BRANDS = [brand_key(f"brand {number}") for number in range(40)]
ALL = set(range(TOPICS.rollups_partitions))


class Owner:
    """The rows as one watcher has them."""

    def __init__(self, config: Config) -> None:
        self.writers = FencedWriters(config.kafka)
        self.rows = WatchChangelog(config, self.writers)

    def load(self, partitions: set[int] = ALL) -> dict[bytes, bytes]:
        self.rows.load(partitions, lambda: True)
        return dict(self.rows)

    def write(self, value: bytes | None, keys: list[bytes] = BRANDS) -> None:
        for key in keys:
            if value is None:
                del self.rows[key]
            else:
                self.rows[key] = value
        self.rows.send(self.rows.unsent())


@pytest.fixture
def owners(kafka_settings: KafkaSettings) -> Iterator[list[Owner]]:
    create(kafka_settings, TOPICS)
    made = [Owner(Config(kafka=kafka_settings, topics=TOPICS)) for _ in range(3)]
    yield made
    for owner in made:
        owner.writers.close()


def test_a_successor_reads_what_was_kept(owners: list[Owner]) -> None:
    first, second, _ = owners
    assert first.load() == {}
    first.write(b"old")
    first.write(b"new")
    first.write(None, BRANDS[:10])
    assert second.load() == dict.fromkeys(BRANDS[10:], b"new") == dict(first.rows)


def test_who_was_taken_over_from_can_write_nothing_more(owners: list[Owner]) -> None:
    """A watcher that stood still comes back with rows that are out of date."""
    first, second, third = owners
    first.load()
    first.write(b"of the first")
    for key in BRANDS:
        first.rows[key] = b"late"
    second.load()
    second.write(b"of the second")
    with pytest.raises(KafkaError):
        first.rows.send(first.rows.unsent())
    assert third.load() == dict.fromkeys(BRANDS, b"of the second")


def test_rows_that_could_not_be_kept_are_read_again(owners: list[Owner]) -> None:
    first, second, _ = owners
    first.load()
    first.write(b"kept")
    second.load()
    with pytest.raises(KafkaError):
        first.write(b"refused")
    with pytest.raises(KafkaError):
        first.write(b"refused again")
    assert first.load() == dict.fromkeys(BRANDS, b"kept")
    first.write(b"taken back")
    assert second.load() == dict.fromkeys(BRANDS, b"taken back")


def test_what_was_written_and_never_sent_is_gone_with_the_next_load(owners: list[Owner]) -> None:
    first, _, _ = owners
    first.load()
    first.write(b"kept")
    first.rows[BRANDS[0]] = b"not sent"
    assert first.load() == dict.fromkeys(BRANDS, b"kept")


def test_partitions_that_went_are_dropped_and_read_anew_when_they_come_back(owners: list[Owner]) -> None:
    first, second, _ = owners
    first.load()
    first.write(b"of the first")
    left = first.load({0, 1})
    assert 0 < len(left) < len(BRANDS)
    gone = [key for key in BRANDS if key not in left]
    second.load({2, 3})
    second.write(b"of the second", gone)
    assert first.load() == left | dict.fromkeys(gone, b"of the second")
