"""One partition of `mentions`: what had been seen of it is learned from its last messages, what is new is scored."""

import bisect

from kafka.consumer.fetcher import ConsumerRecord

from streams.kafka.topics import MENTIONS
from streams.mentions.message import Message
from streams.scoring.scorer import Batch, Scorer, TextModel
from streams.settings.config import Config
from streams.worker.idle_heartbeats import IdleHeartbeats


class PartitionScorer:
    """What has been seen of one partition: a function of its last messages, cut where offsets say.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    number
        The partition.
    committed
        Offset of the first message that is to be scored; those before it are only learned from.

    Attributes
    ----------
    position
        Offset of the next message it wants: before `committed` where it is to learn.
    until
        `committed`.
    """

    def __init__(self, config: Config, model: TextModel, number: int, committed: int) -> None:
        self.scorer = Scorer(config, model)
        self.number = number
        self.until = committed
        self._window = config.worker.read_back
        self._source = f"{config.kafka.topic(MENTIONS)}/{number}"
        self._generation: int | None = None
        self.position = max(0, (committed // self._window - 1) * self._window)

    def feed(self, records: list[ConsumerRecord], clock: IdleHeartbeats) -> list[Batch]:
        """Learn what was committed, score what was not.

        Parameters
        ----------
        records
            The next of the partition, in its order.
        clock
            Told of the heartbeats among them.
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
            if offset < self.until:
                end = min(end, self.until)
            last = len(records)
            if records[-1].offset >= end:
                last = bisect.bisect_left(records, end, key=lambda record: record.offset)
            messages = [Message(self._source, r.offset, r.value or b"", _arrived(r)) for r in records[first:last]]
            if offset < self.until:
                clock.heard(self.number, self.scorer.recall(messages, self.number))
            else:
                batch = self.scorer.score(messages, self.number)
                clock.heard(self.number, batch.heartbeats)
                batches.append(batch)
            first = last
        self.position = records[-1].offset + 1
        return batches


def _arrived(record: ConsumerRecord) -> int:
    """Give when the log took a message, where it says so: what lies in the future must not depend on who asks when."""
    return record.timestamp if record.timestamp_type == 1 else 0
