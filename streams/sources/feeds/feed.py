"""The source of feeds: many addresses, each polled at its own interval."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

from streams.addresses import shown
from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, FeedConfig
from streams.sources.feeds.poll import Polled, poll
from streams.sources.feeds.state import FeedState, encode, restore
from streams.sources.http import HttpClient, now
from streams.sources.source import Batch

_AT_ONCE = 8
_IDLE_S = 15.0

logger = logging.getLogger(__name__)


class Feeds:
    """What RSS, Atom and JSON feeds publish.

    One address that fails is named in the log and polled again, while the others go on; where all fail, `read` raises.

    Parameters
    ----------
    name
        Name of the source; also of its network, unless the configuration gives one.
    config
        Addresses and interval.
    common
        What all sources share.
    accounts
        Official accounts of the network: authors, as the feeds name them. Left to the collector.
    clock
        The time.
    sleep
        Waits for seconds.

    Raises
    ------
    ConfigError
        No address is given.
    """

    def __init__(
        self,
        name: str,
        config: FeedConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if not config.urls:
            raise ConfigError(f"`sources.{name}.urls`: expected at least one address of a feed, got none; add it")
        self.network = config.network or name
        self.accounts = accounts
        self._name = name
        self._config = config
        self._common = common
        self._clock = clock
        self._sleep = sleep
        self._failing: set[str] = set()

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yield what is new, after each round of polls.

        The batch before an error carries the cursor with the next poll's time, so that a publisher's `Retry-After`
        is kept even by a process that is restarted.

        Parameters
        ----------
        cursor
            Of the last committed batch; `None`: all that is shown now is a backlog.

        Raises
        ------
        SourceError
            No address can be read; fatal where one may not be asked or the cursor cannot be read.
        """
        states = restore(self._config.urls, cursor, self._name)
        encoded = encode(states)
        async with HttpClient(self._name, self._common, clock=self._clock) as client:
            while True:
                at = self._clock().timestamp()
                due = sorted((state for state in states if state.row.due <= at), key=lambda state: state.row.due)
                if not due:
                    await self._sleep(min(_IDLE_S, min(state.row.due for state in states) - at))
                    yield Batch(cursor=encoded, complete_to=_complete_to(states))
                    continue
                # One batch for all of a round: the cursor holds the items of each.
                round_ = due[:_AT_ONCE]
                found = await asyncio.gather(*(self._poll(client, state) for state in round_))
                encoded = encode(states)
                posts = sorted((post for polled in found for post in polled.posts), key=lambda post: post.created_at)
                yield Batch(posts=posts, cursor=encoded, complete_to=_complete_to(states))
                self._report(round_, found)

    async def _poll(self, client: HttpClient, state: FeedState) -> Polled:
        return await poll(client, state, every_s=self._config.every_seconds, name=self._name, clock=self._clock)

    def _report(self, states: Sequence[FeedState], found: Sequence[Polled]) -> None:
        """Log which addresses fail and which do again; raise where all do, or one never can."""
        errors = [polled.error for polled in found if polled.error]
        for state, polled in zip(states, found, strict=True):
            if polled.error and state.url not in self._failing:
                self._failing.add(state.url)
                logger.warning("Feed cannot be read: %s", polled.error)
            elif not polled.error and state.url in self._failing:
                self._failing.remove(state.url)
                logger.info("Feed is read again: %s", shown(state.url))
        for error in errors:
            # Feeds need no token: 401 and 403 are how a publisher turns robots away, for a while.
            if error.fatal and error.reason != "unauthorized":
                raise error
        if errors and self._failing.issuperset(self._config.urls):
            error = errors[-1]
            raise SourceError(str(error), reason=error.reason, retry_after_s=error.retry_after_s)


def _complete_to(states: Sequence[FeedState]) -> datetime | None:
    """Return when the oldest of all last successful polls began."""
    polled = [state.row.polled for state in states]
    known = [at for at in polled if at is not None]
    return datetime.fromtimestamp(min(known), UTC) if len(known) == len(polled) else None
