"""Hidden replies: what a threadgate hides now that it did not hide before.

A threadgate is written whole each time. After a restart an update may repeat what was hidden long ago: then only the
last entry, which the apps append, is taken as new.
"""

from collections.abc import Sequence

THREADS = 10_000


class HiddenReplies:
    """Replies that each thread hides.

    Examples
    --------
    >>> hidden = HiddenReplies()
    >>> hidden.grown("thread", ["at://a", "at://b"], complete=False)
    ['at://b']
    >>> hidden.grown("thread", ["at://a", "at://b", "at://c"], complete=False)
    ['at://c']
    """

    def __init__(self) -> None:
        self._threads: dict[str, frozenset[str]] = {}

    def grown(self, thread: str, replies: Sequence[str], *, complete: bool) -> list[str]:
        """Return the replies that a thread hides since it was last seen.

        Parameters
        ----------
        thread
            Key of the thread.
        replies
            All that it hides now.
        complete
            Whether the threadgate is a new one: all of it is new.
        """
        earlier = self._threads.pop(thread, None)
        before = frozenset() if complete and earlier is None else earlier
        self._threads[thread] = frozenset(replies)
        if len(self._threads) > THREADS:
            del self._threads[next(iter(self._threads))]
        if before is None:
            return list(replies[-1:])
        return [reply for reply in dict.fromkeys(replies) if reply not in before]
