"""Start offset of a partition: the committed one, unless it belongs to another log or has been deleted by retention."""

from typing import Literal, NamedTuple

from streams.kafka.broker_monitor import TopicState


class StartOffset(NamedTuple):
    """Where to start reading a partition.

    Parameters
    ----------
    offset
        Next offset to process; everything before it counts as processed.
    reset
        Why a committed offset is ignored, if it is: the topic was created anew (`recreated`), or the offset lies
        beyond the log's end (`beyond_end`).
    lost
        Messages that retention deleted before they were processed.
    """

    offset: int
    reset: Literal["", "recreated", "beyond_end"] = ""
    lost: int = 0


def start_offset(committed: int | None, topic_id: str, topic: TopicState, partition: int) -> StartOffset:
    """Return where to start reading a partition.

    Parameters
    ----------
    committed
        Committed offset, if there is one.
    topic_id
        Id of the topic when that was committed; empty where it is not known.
    topic
        The topic as it is now.
    partition
        The partition.

    Examples
    --------
    >>> topic = TopicState("b", first={0: 10}, end={0: 20})
    >>> start_offset(15, "b", topic, 0), start_offset(None, "", topic, 0)
    (StartOffset(offset=15, reset='', lost=0), StartOffset(offset=10, reset='', lost=0))
    >>> start_offset(15, "a", topic, 0).reset, start_offset(5000, "", topic, 0).reset
    ('recreated', 'beyond_end')
    >>> start_offset(4, "b", topic, 0).lost
    6
    """
    first, end = topic.first.get(partition, 0), topic.end.get(partition, 0)
    if committed is None:
        return StartOffset(first)
    if topic_id and topic_id != topic.id:
        return StartOffset(first, "recreated")
    if committed > end:
        return StartOffset(first, "beyond_end")
    return StartOffset(max(committed, first), lost=max(0, first - committed))


class StartCounts:
    """Counts over start offsets.

    Attributes
    ----------
    resets
        How often a committed offset was ignored because it is of another log.
    lost
        Messages that retention deleted before they were processed.
    """

    def __init__(self) -> None:
        self.resets = 0
        self.lost = 0
        self._counted: dict[int, tuple[str, StartOffset]] = {}

    def uncounted(self, topic_id: str, partition: int, start: StartOffset) -> bool:
        """Return whether a start differs from the partition's previous one, and remember it.

        A partition that is assigned again before anything was committed starts at the same offset for the same reason.

        Examples
        --------
        >>> counts = StartCounts()
        >>> [counts.uncounted("b", 0, StartOffset(10, lost=6)) for _ in range(2)]
        [True, False]
        """
        known, self._counted[partition] = self._counted.get(partition), (topic_id, start)
        return known != (topic_id, start)
