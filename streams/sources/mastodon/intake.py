"""The intake of statuses: each once, whether stream or timeline shows it; what may not be collected is refused."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime

from streams.sources.mastodon.cursor import Own
from streams.sources.mastodon.statuses import Status, StatusReader
from streams.sources.post_queue import PostQueue
from streams.sources.source import Post

MAX_SEEN = 20_000
MAX_OWN = 100
"""Statuses of official accounts of which a deletion is noticed: the newest."""


class Intake:
    """Statuses in, posts into a queue.

    Parameters
    ----------
    reader
        What makes posts of statuses.
    queue
        Where posts go.
    own
        Statuses of official accounts that are known already.
    clock
        The time now, with a zone.
    """

    def __init__(
        self, reader: StatusReader, queue: PostQueue, own: Iterable[Own], clock: Callable[[], datetime]
    ) -> None:
        self._reader = reader
        self._queue = queue
        self._clock = clock
        self._own: OrderedDict[str, Own] = OrderedDict((known[0], known) for known in own)
        self._seen: OrderedDict[str, bool] = OrderedDict()

    @property
    def own(self) -> list[Own]:
        """The newest statuses of official accounts."""
        return list(self._own.values())

    def published(self, status: Status, *, addressed: bool = False) -> bool:
        """Take a new status, and return whether it was not seen before.

        Parameters
        ----------
        status
            A status.
        addressed
            Whether it was sent to the token's own account.
        """
        collected = self._seen.get(status.uri)
        if collected or (collected is not None and not addressed):
            return False  # what was refused is collected nonetheless once it proves to be addressed to the brand
        if self._reader.is_official(status) and not status.reblog:
            self._own[status.id] = (status.id, status.uri, self._reader.author(status))
            if len(self._own) > MAX_OWN:
                self._own.popitem(last=False)
        self._remember(status.uri, self._collect(status, self._reader.post, addressed=addressed))
        return True

    def edited(self, status: Status) -> None:
        """Take an edit: the same publication, so no new mention."""
        key = f"{status.uri}\0{status.edited_at}"
        if key not in self._seen:
            self._remember(key, self._collect(status, self._reader.update))

    def deleted(self, status_id: str) -> None:
        """Take a deletion: an official account's is published, what others delete is forgotten and theirs alone."""
        if uri := self._reader.uri(status_id):
            self._queue.forget(uri)
        known = self._own.pop(status_id, None)
        if known:
            _, uri, author = known
            now = self._clock()
            post_id = f"deletion:{uri}"
            self._queue.put(
                Post(id=post_id, created_at=now, text="", kind="deletion", author=author, about=uri, reply_to=uri)
            )

    def _collect(self, status: Status, make: Callable[[Status, datetime], Post], *, addressed: bool = False) -> bool:
        reason = self._reader.refusal(status, addressed=addressed)
        if reason:
            self._queue.refuse(reason)
            return False
        self._queue.put(make(status, self._clock()))
        return True

    def _remember(self, key: str, collected: bool) -> None:
        self._seen[key] = collected
        if len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)
