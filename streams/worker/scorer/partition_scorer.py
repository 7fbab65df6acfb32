"""Scoring of one partition of `mentions`: rebuild the scorer's state from committed messages, score the new ones."""

import bisect

from kafka.consumer.fetcher import ConsumerRecord

from streams.kafka.topics import MENTIONS
from streams.mentions.message import Message
from streams.scoring.scorer import Batch, Scorer, TextModel
from streams.settings.config import Config


class PartitionScorer:
    """The scorer of one partition; its state is a function of the partition's last messages and their offsets alone.

    Offsets are divided into windows of `read_back`; the state covers the current window and the one before. So a scorer
    that starts anywhere and reads back these two has the state of one that never stopped.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    partition
        The partition.
    committed
        Offset of the first message to be scored; those before it only rebuild the state.
    first
        Whether that is the first message of another log: there is no state to rebuild.

    Attributes
    ----------
    position
        Offset of the next message to read: below `committed` while the state is being rebuilt.
    """

    def __init__(self, config: Config, model: TextModel, partition: int, committed: int, first: bool = False) -> None:
        self.scorer = Scorer(config, model)
        self.partition = partition
        self.committed = committed
        self._window = config.worker.read_back
        self._source = f"{config.kafka.topic(MENTIONS)}/{partition}"
        self._generation: int | None = None
        self.position = committed if first else max(0, (committed // self._window - 1) * self._window)

    def feed(self, records: list[ConsumerRecord]) -> list[Batch]:
        """Rebuild the state from records below the committed offset, score the others.

        Parameters
        ----------
        records
            The partition's next records, in order.
        """
        batches = []
        first = 0
        while first < len(records):
            offset = records[first].offset
            generation = offset // self._window
            if self._generation is not None:
                for _ in range(min(2, generation - self._generation)):
                    self.scorer.rotate_generations()
            self._generation = generation
            end = (generation + 1) * self._window
            if offset < self.committed:
                end = min(end, self.committed)
            last = len(records)
            if records[-1].offset >= end:
                last = bisect.bisect_left(records, end, key=lambda record: record.offset)
            messages = [Message(self._source, r.offset, r.value or b"", _append_ms(r)) for r in records[first:last]]
            if offset < self.committed:
                self.scorer.recall(messages, self.partition)
            else:
                batches.append(self.scorer.score(messages, self.partition))
            first = last
        self.position = records[-1].offset + 1
        return batches


def _append_ms(record: ConsumerRecord) -> int:
    """Return the broker's append time, or 0 without one."""
    # Not the time of reading: whether a mention lies in the future must not depend on when it is read.
    return record.timestamp if record.timestamp_type == 1 else 0
