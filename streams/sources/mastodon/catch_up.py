"""The catching up with a Mastodon server: timelines fill what its stream did not deliver."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from streams.errors import SourceError
from streams.sources.mastodon.intake import Intake
from streams.sources.mastodon.timelines import hashtag_since, mentions_since
from streams.sources.post_queue import PostQueue
from streams.sources.token_client import TokenClient

_log = logging.getLogger(__name__)

OVERLAP = timedelta(seconds=60)
"""How much is read again before a gap: statuses of other servers come in another order."""


class CatchUp:
    """Reader of timelines into an intake.

    Parameters
    ----------
    client
        Client of the server.
    tags
        Hashtags.
    local
        Whether only statuses of this server are shown.
    own
        Whether mentions of the token's own account are asked for.
    intake, queue
        Where statuses go, and where entries that could not be read are counted.
    """

    def __init__(
        self, client: TokenClient, tags: Sequence[str], intake: Intake, queue: PostQueue, *, local: bool, own: bool
    ) -> None:
        self._client = client
        self._tags = tags
        self._intake = intake
        self._queue = queue
        self._local = local
        self._own = own
        self.complete = True
        """Whether all was read that was asked for so far."""

    async def since(self, start: datetime) -> AsyncIterator[int]:
        """Read every timeline back to a time, and yield after each how many statuses were new.

        Raises
        ------
        SourceError
            The token is not valid any more; any other refusal leaves the catching up incomplete.
        """
        for tag in self._tags:
            yield await self._hashtag(tag, start - OVERLAP)
        if self._own:
            yield await self._mentions(start - OVERLAP)

    async def hashtags(self, start: datetime, end: datetime) -> int:
        """Count statuses made in a span that hashtags show and the stream did not deliver; they are taken."""
        found = 0
        for tag in self._tags:
            found += await self._hashtag(tag, start, end)
        return found

    async def _hashtag(self, tag: str, start: datetime, end: datetime | None = None) -> int:
        try:
            missed = await hashtag_since(self._client, tag, start, local=self._local)
        except SourceError as error:
            return self._failed(error)
        self._count(missed.refused, missed.complete)
        chosen = [status for status in missed.statuses if end is None or status.created_at < end]
        return sum(self._intake.published(status) for status in chosen)

    async def _mentions(self, start: datetime) -> int:
        try:
            missed = await mentions_since(self._client, start)
        except SourceError as error:
            return self._failed(error)
        self._count(missed.refused, missed.complete)
        return sum(self._intake.published(status, addressed=True) for status in missed.statuses)

    def _failed(self, error: SourceError) -> int:
        if error.fatal:
            raise error
        _log.warning("Catching up is incomplete: %s", error)
        self.complete = False
        return 0

    def _count(self, refused: int, complete: bool) -> None:
        for _ in range(refused):
            self._queue.refuse("form")
        self.complete = self.complete and complete
