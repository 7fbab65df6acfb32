"""Whether messages come in the order of their log with none left out, and when to read again what was lost."""

from collections.abc import Mapping

START = -1
"""What stands before the first message after a reader was placed where reading was committed."""
# What was read and has not come by then has been lost on the way.
LOST_S = 2.0


class GapDetector:
    """Let through only messages that follow what was applied; tell when the reader must be placed anew.

    Offsets alone cannot tell whether a message is missing, since transactions leave gaps; what the reader found before
    a message can.

    Examples
    --------
    >>> order = GapDetector()
    >>> order.follows(before=START, applied=None), order.follows(before=8, applied=8)
    (True, True)
    >>> order.is_lost({0: 9}, {0: 9}, busy=False, now=100.0)
    False
    >>> order.follows(before=12, applied=9)
    False
    >>> order.is_lost({0: 13}, {0: 9}, busy=False, now=100.1)
    True
    """

    def __init__(self) -> None:
        self._gap = False
        self._whole_at = 0.0

    def moved(self) -> None:
        """Start anew: other partitions, each from where it was committed."""
        self._gap = False

    def follows(self, before: int | None, applied: int | None) -> bool:
        """Tell whether a message may be applied.

        Parameters
        ----------
        before
            Offset after the message before it, `START`, or `None` for a message that is being read again.
        applied
            Offset after the last message applied; `None` before the first.

        Returns
        -------
        bool
            Messages applied already follow too: applying them again changes nothing.
        """
        if before is None:
            return False
        follows = before == START or (applied is not None and before <= applied)
        self._gap = self._gap or not follows
        return follows

    def is_lost(self, read: Mapping[int, int], applied: Mapping[int, int | None], busy: bool, now: float) -> bool:
        """Tell whether messages were lost between the reader and here; if so, the reader must be placed anew.

        Parameters
        ----------
        read
            Offset after the last message read of each partition, or `START`.
        applied
            Offset after the last message applied of each; `None` before the first.
        busy
            Messages are being applied.
        now
            Seconds, of a clock that never goes back.
        """
        if busy or all(end in {START, applied.get(partition)} for partition, end in read.items()):
            self._whole_at = now
        if self._gap or now - self._whole_at > LOST_S:
            self._gap = False
            self._whole_at = now
            return True
        return False
