"""Partitions are read up to their current end, and the consumer's positions say how far."""

from typing import Any, NamedTuple

from kafka import TopicPartition

from streams.kafka.reading import read_to_end

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


class Record(NamedTuple):
    partition: TopicPartition
    offset: int


class Consumer:
    """Two partitions with gaps between offsets; a poll brings a few records of each."""

    def __init__(self) -> None:
        self.log = {FIRST: [0, 1, 2, 5, 6, 9], SECOND: [0, 3]}
        self.positions: dict[TopicPartition, int] = {}

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.assigned = partitions

    def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        self.positions |= dict.fromkeys(partitions, 0)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.positions[partition] = offset

    def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {partition: self.log[partition][-1] + 1 for partition in partitions}

    def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    def poll(self, **_: Any) -> dict[TopicPartition, list[Record]]:
        fetched = {p: [Record(p, o) for o in self.log[p] if o >= self.positions[p]][:2] for p in self.assigned}
        self.positions |= {p: records[-1].offset + 1 for p, records in fetched.items() if records}
        return fetched


def offsets(records: list[Record], partition: TopicPartition) -> list[int]:
    return [record.offset for record in records if record.partition == partition]


def test_every_record_of_every_partition_is_read_once_and_in_order() -> None:
    consumer = Consumer()
    records = list(read_to_end(consumer, [FIRST, SECOND]))
    assert {p: offsets(records, p) for p in consumer.log} == consumer.log
    assert consumer.positions == {FIRST: 10, SECOND: 4}


def test_a_partition_is_read_from_its_offset_and_the_others_from_their_beginning() -> None:
    records = list(read_to_end(Consumer(), [FIRST, SECOND], {FIRST: 3}))
    assert (offsets(records, FIRST), offsets(records, SECOND)) == ([5, 6, 9], [0, 3])


def test_a_record_written_meanwhile_is_read_or_left_but_never_skipped() -> None:
    consumer = Consumer()
    records = []
    for record in read_to_end(consumer, [FIRST, SECOND]):
        records.append(record)
        if record == (SECOND, 3):
            consumer.log[SECOND] += [4, 5, 6]
    assert offsets(records, SECOND) == [o for o in consumer.log[SECOND] if o < consumer.positions[SECOND]]


def test_reading_stops_once_it_is_no_longer_wanted() -> None:
    polls = iter([True, False])
    assert len(list(read_to_end(Consumer(), [FIRST, SECOND], wanted=lambda: next(polls)))) == 4
