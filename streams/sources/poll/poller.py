"""The source of a JSON interface that is asked again and again, as its preset says."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from streams.addresses import shown
from streams.errors import SourceError
from streams.settings.sources import CollectorSettings, PollConfig
from streams.sources.event_times import event_times
from streams.sources.http import HttpClient, now
from streams.sources.json_body import at, text_of
from streams.sources.poll.cursor import PollCursor, encode, restore
from streams.sources.poll.preset import Paging, load_preset
from streams.sources.poll.records import RecordReader
from streams.sources.poll.request import Requests
from streams.sources.seen_keys import SeenKeys, key
from streams.sources.source import Batch, Post

MAX_BYTES = 10 << 20
FIRST_LOOK_S = 7200.0
"""How far back the first poll asks, where an interface can be asked by time."""
QUOTA_WAIT_S = 3600.0

_IDLE_S = 15.0
_MAX_BACKOFF_S = 86_400


class _Found(msgspec.Struct):
    posts: list[Post] = []
    keys: dict[int, None] = {}
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    known: bool = False
    cut: bool = False  # whether pages were left that may hold new items
    wait_s: float = 0.0


class Poller:
    """What a JSON interface publishes.

    Parameters
    ----------
    name
        Name of the source.
    config
        The preset, its values and its key.
    common
        What all sources share.
    accounts
        Official accounts of the network. Left to the collector.
    clock
        The time.
    sleep
        Waits for seconds.

    Raises
    ------
    ConfigError
        The preset is unknown, or lacks a value.
    """

    def __init__(
        self,
        name: str,
        config: PollConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        setting = f"sources.{name}"
        self._preset = load_preset(config.preset, f"`{setting}.preset`")
        self._requests = Requests(self._preset, config, setting)
        self.network = config.network or self._preset.network
        self.accounts = accounts
        self._reader = RecordReader(self._preset, self._requests.values, self.network, setting)
        self._every_s = config.every_seconds or self._preset.every_seconds
        self._name = name
        self._common = common
        self._clock = clock
        self._sleep = sleep

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yield what is new, after each poll.

        Parameters
        ----------
        cursor
            Of the last committed batch; `None`: all that is shown now is a backlog.

        Raises
        ------
        SourceError
            The interface cannot be read now; fatal where its key is refused or the cursor cannot be read.
        """
        position, seen = restore(cursor, self._name)
        async with HttpClient(self._name, self._common, clock=self._clock) as client:
            while True:
                start = self._clock()
                wait = position.due - start.timestamp()
                if wait > 0:
                    await self._sleep(min(wait, _IDLE_S))
                    yield Batch(cursor=encode(position), complete_to=_time(position.polled))
                    continue
                try:
                    found = await self._poll(client, position, seen, start)
                except SourceError as error:
                    position.due = start.timestamp() + max(self._every_s, error.retry_after_s or 0.0)
                    yield Batch(cursor=encode(position), complete_to=_time(position.polled))
                    raise
                yield self._batch(found, position, seen, start)

    async def _poll(self, client: HttpClient, position: PollCursor, seen: SeenKeys, start: datetime) -> _Found:
        """Ask for pages until one ends with a known item."""
        polled = position.polled
        since_s = start.timestamp() - FIRST_LOOK_S if polled is None else polled - self._preset.overlap_seconds
        paging = self._preset.paging or Paging(most=1)
        page, found = paging.first, _Found()
        for number in range(1, paging.most + 1):
            url = self._requests.url(since_s=since_s, page=page)
            place = f"{self._name} ({shown(url)})"
            body = await self._get(client, url)
            answer = self._reader.answer(body, place)
            items = self._reader.items(answer, body, place)
            more = self._take(items, found, seen, start)
            asked = at(answer, self._preset.backoff) if self._preset.backoff else None
            found.wait_s = float(min(asked, _MAX_BACKOFF_S)) if isinstance(asked, int | float) else 0.0
            following = _following(paging, answer, items, page)
            if (paging.ordered and not more) or following is None or polled is None:
                return found  # of a backlog, one page is enough
            if found.wait_s > _IDLE_S or number == paging.most:
                break
            page = following
            if found.wait_s:
                await self._sleep(found.wait_s)
        found.cut = paging.ordered
        return found

    async def _get(self, client: HttpClient, url: str) -> bytes:
        try:
            answer = await client.get(
                url,
                max_bytes=MAX_BYTES,
                headers={"Accept": "application/json"},
                secret_headers=self._requests.secret_headers(),
            )
        except SourceError as error:
            if error.reason != "unauthorized":
                raise
            if self._preset.quota_status == 403:
                message = f"{error}, or its quota is spent"
                raise SourceError(message, reason="rate_limit", retry_after_s=QUOTA_WAIT_S) from None
            # Without a key, 401 and 403 are how robots are turned away, for a while.
            raise SourceError(str(error), reason=error.reason, fatal=self._requests.has_token()) from None
        return answer.body

    def _take(self, items: list[object], found: _Found, seen: SeenKeys, start: datetime) -> bool:
        """Add the new posts of a page; return whether its last one is new, so that others may follow."""
        posts, refused = self._reader.posts(items, start)
        found.refused += refused
        last_is_new = True
        for post in posts:
            post_key = key(f"{post.network}\0{post.id}")
            last_is_new = post_key not in seen
            found.known |= not last_is_new
            if last_is_new and post_key not in found.keys:
                found.posts.append(post)
            found.keys[post_key] = None
        return last_is_new

    def _batch(self, found: _Found, position: PollCursor, seen: SeenKeys, start: datetime) -> Batch:
        polled = _time(position.polled)
        dates = [post.created_at for post in found.posts]
        times = event_times(dates, polled, start, known=found.known or bool(self._preset.overlap_seconds))
        posts = [msgspec.structs.replace(post, created_at=time) for post, time in zip(found.posts, times, strict=True)]
        seen.show(found.keys, start.timestamp())
        position.seen = seen.rows()
        position.polled = start.timestamp()
        position.due = start.timestamp() + max(self._every_s, found.wait_s)
        oldest = min(dates, default=start)
        return Batch(
            posts=sorted(posts, key=lambda post: post.created_at),
            cursor=encode(position),
            complete_to=start,
            refused=dict(found.refused),
            gap=(polled, oldest) if found.cut and polled and polled < oldest else None,
        )


def _following(paging: Paging, answer: dict[str, object], items: list[object], page: str) -> str | None:
    """Return the value of the next page; `None`: there is none."""
    if not items or len(items) < paging.size or (paging.more and not at(answer, paging.more)):
        return None
    if paging.next:
        following = text_of(at(answer, paging.next))
    elif paging.last:
        following = text_of(at(items[-1], paging.last))
    else:
        following = str(int(page) + 1) if page.isdigit() else None
    return following if following and following != page else None


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
