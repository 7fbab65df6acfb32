"""Detection of messages lost between the consumer and the code that applies them."""

from collections.abc import Mapping

START = -1
"""Stands for the end of the previous message where a consumer has just been positioned at the committed offset."""
# A message that was read and has not been delivered within this time is lost.
DELIVERY_TIMEOUT_S = 2.0


class GapDetector:
    """Accept only the next message of a partition; report when messages were skipped and the consumer must seek back.

    Offsets alone do not show whether a message is missing, since transactions leave gaps; the message that the
    consumer read before it does.

    Examples
    --------
    >>> gaps = GapDetector()
    >>> gaps.accept(previous_end=START, applied=None), gaps.accept(previous_end=8, applied=8)
    (True, True)
    >>> gaps.must_rewind({0: 9}, {0: 9}, busy=False, now=100.0)
    False
    >>> gaps.accept(previous_end=12, applied=9)
    False
    >>> gaps.must_rewind({0: 13}, {0: 9}, busy=False, now=100.1)
    True
    """

    def __init__(self) -> None:
        self._gap = False
        self._complete_at = 0.0

    def reset(self) -> None:
        """Start again: other partitions are assigned, each read from its committed offset."""
        self._gap = False

    def accept(self, previous_end: int | None, applied: int | None) -> bool:
        """Return whether a message may be applied.

        Parameters
        ----------
        previous_end
            Offset after the message before it, `START`, or `None` for one that the consumer will read again.
        applied
            Offset after the last message applied; `None` before the first.

        Returns
        -------
        bool
            True for messages applied already, too: applying them again changes nothing.
        """
        if previous_end is None:
            return False
        follows = previous_end == START or (applied is not None and previous_end <= applied)
        self._gap = self._gap or not follows
        return follows

    def must_rewind(self, read: Mapping[int, int], applied: Mapping[int, int | None], busy: bool, now: float) -> bool:
        """Return whether messages were lost, so that the consumer must seek back to the committed offsets.

        Parameters
        ----------
        read
            Offset after the last message read of each partition, or `START`.
        applied
            Offset after the last message applied of each; `None` before the first.
        busy
            Messages are being applied.
        now
            Seconds of a monotonic clock.
        """
        if busy or all(end in {START, applied.get(partition)} for partition, end in read.items()):
            self._complete_at = now
        if self._gap or now - self._complete_at > DELIVERY_TIMEOUT_S:
            self._gap = False
            self._complete_at = now
            return True
        return False
