"""The watcher's changelog, on a real broker."""

from collections.abc import Iterator

import pytest
from kafka.errors import KafkaError

from streams.kafka.changelog import WatchChangelog
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.topic_admin import create
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.rows.row_keys import brand_key
from tests.helpers.cluster import TOPICS

BRANDS = [brand_key(f"brand {number}") for number in range(40)]
ALL = set(range(TOPICS.rollups_partitions))


class Owner:
    """One watcher with its changelog."""

    def __init__(self, config: Config) -> None:
        self.writers = FencedWriters(config.kafka)
        self.changelog = WatchChangelog(config, self.writers)

    def load(self, partitions: set[int] = ALL) -> dict[bytes, bytes]:
        self.changelog.load(partitions, lambda: True)
        return dict(self.changelog)

    def write(self, value: bytes | None, keys: list[bytes] = BRANDS) -> None:
        for key in keys:
            if value is None:
                del self.changelog[key]
            else:
                self.changelog[key] = value
        self.changelog.send(self.changelog.pop_unsent())


@pytest.fixture
def owners(kafka_settings: KafkaSettings) -> Iterator[list[Owner]]:
    create(kafka_settings, TOPICS)
    owners = [Owner(Config(kafka=kafka_settings, topics=TOPICS)) for _ in range(3)]
    yield owners
    for owner in owners:
        owner.writers.close()


def test_the_next_owner_restores_the_stored_rows(owners: list[Owner]) -> None:
    first, second, _ = owners
    assert first.load() == {}
    first.write(b"old")
    first.write(b"new")
    first.write(None, BRANDS[:10])
    assert second.load() == dict.fromkeys(BRANDS[10:], b"new") == dict(first.changelog)


def test_a_previous_owner_is_fenced(owners: list[Owner]) -> None:
    """A watcher that was suspended comes back with rows that are out of date."""
    first, second, third = owners
    first.load()
    first.write(b"of the first")
    for key in BRANDS:
        first.changelog[key] = b"late"
    second.load()
    second.write(b"of the second")
    with pytest.raises(KafkaError):
        first.changelog.send(first.changelog.pop_unsent())
    assert third.load() == dict.fromkeys(BRANDS, b"of the second")


def test_rows_that_could_not_be_stored_are_restored_from_the_topic(owners: list[Owner]) -> None:
    first, second, _ = owners
    first.load()
    first.write(b"stored")
    second.load()
    with pytest.raises(KafkaError):
        first.write(b"refused")
    with pytest.raises(KafkaError):
        first.write(b"refused again")
    assert first.load() == dict.fromkeys(BRANDS, b"stored")
    first.write(b"acquired again")
    assert second.load() == dict.fromkeys(BRANDS, b"acquired again")


def test_writes_that_were_never_sent_are_dropped_by_the_next_load(owners: list[Owner]) -> None:
    first, _, _ = owners
    first.load()
    first.write(b"stored")
    first.changelog[BRANDS[0]] = b"not sent"
    assert first.load() == dict.fromkeys(BRANDS, b"stored")


def test_revoked_partitions_are_dropped_and_restored_when_assigned_again(owners: list[Owner]) -> None:
    first, second, _ = owners
    first.load()
    first.write(b"of the first")
    retained = first.load({0, 1})
    assert 0 < len(retained) < len(BRANDS)
    revoked = [key for key in BRANDS if key not in retained]
    second.load({2, 3})
    second.write(b"of the second", revoked)
    assert first.load() == retained | dict.fromkeys(revoked, b"of the second")
