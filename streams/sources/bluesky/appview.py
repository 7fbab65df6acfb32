"""The AppView: followers of authors, counts of posts and DIDs of handles, from Bluesky's public queries.

All of it may be missing: no answer in time is no error, and posts go on without.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
import msgspec

from streams.sources.bluesky.refusal import retry_after_s
from streams.sources.public_addresses import connector
from streams.sources.source import Post

PROFILES = "app.bsky.actor.getProfiles"
POSTS = "app.bsky.feed.getPosts"
RESOLVE = "com.atproto.identity.resolveHandle"

CALL = 25
"""Accounts or posts of one query, as the lexicons allow."""
LIMIT_S = 2.0
SPACING_S = 1.0
AGE = timedelta(hours=24)
CACHED = 100_000
MAX_BYTES = 4 * 1024 * 1024
QUERY_S = 10.0
REFUSED_S = 60.0

T = TypeVar("T")


class _Profile(msgspec.Struct, frozen=True, rename="camel"):
    did: str = ""
    handle: str = ""
    followers_count: int | None = None


class _Profiles(msgspec.Struct, frozen=True):
    profiles: list[_Profile] = []


class _PostView(msgspec.Struct, frozen=True, rename="camel"):
    uri: str
    author: _Profile = _Profile()
    repost_count: int | None = None
    like_count: int | None = None
    reply_count: int | None = None


class _Posts(msgspec.Struct, frozen=True):
    posts: list[_PostView] = []


class _Resolved(msgspec.Struct, frozen=True):
    did: str = ""


class AppView:
    """Queries of one AppView, with a cache of followers.

    Parameters
    ----------
    url
        Its address.
    user_agent
        How requests introduce themselves.
    clock
        The time: of counts, and of the cache's age.
    allow_private
        Whether it may be in a private network.
    limit_s
        Seconds that posts wait for their authors' followers.
    spacing_s
        Seconds between two queries.
    """

    def __init__(
        self,
        url: str,
        user_agent: str,
        clock: Callable[[], datetime],
        *,
        allow_private: bool = False,
        limit_s: float = LIMIT_S,
        spacing_s: float = SPACING_S,
    ) -> None:
        self._url = url.rstrip("/")
        self._user_agent = user_agent
        self._clock = clock
        self._allow_private = allow_private
        self._limit_s = limit_s
        self._spacing_s = spacing_s
        self._followers: dict[str, tuple[int | None, datetime]] = {}
        self._next = 0.0
        self._not_before: datetime | None = None

    async def with_followers(self, posts: Sequence[Post]) -> Sequence[Post]:
        """Return the posts with their authors' followers, where those are known in time."""
        now = self._clock()
        unknown = list(
            dict.fromkeys(post.author for post in posts if post.author and not self._known(post.author, now))
        )
        try:
            async with asyncio.timeout(self._limit_s):
                for start in range(0, len(unknown), CALL):
                    if not await self._look_up(unknown[start : start + CALL]):
                        break
        except TimeoutError:
            pass  # the rest goes without
        return [self._completed(post) for post in posts]

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        """Return an update for each post that still exists."""
        updates: list[Post] = []
        uris = [uri for uri in ids if uri.startswith("at://")]  # one that is none would cost the others their answer
        for start in range(0, len(uris), CALL):
            answer = await self._query(POSTS, [("uris", uri) for uri in uris[start : start + CALL]], _Posts)
            now = self._clock()
            updates += [_update(view, now) for view in (answer.posts if answer else ())]
        return updates

    async def absent(self, ids: Sequence[str]) -> frozenset[str] | None:
        """Return the posts that are shown no longer; `None`: there is no answer now. Reposts are not asked for."""
        gone: set[str] = set()
        uris = [uri for uri in ids if uri.startswith("at://") and "/app.bsky.feed.post/" in uri]
        for start in range(0, len(uris), CALL):
            asked = uris[start : start + CALL]
            answer = await self._query(POSTS, [("uris", uri) for uri in asked], _Posts)
            if answer is None:
                return None
            gone.update(set(asked) - {view.uri for view in answer.posts})
        return frozenset(gone)

    async def resolve(self, handle: str) -> str | None:
        """Return the DID of a handle; `None`: not known now."""
        answer = await self._query(RESOLVE, [("handle", handle)], _Resolved)
        return answer.did if answer and answer.did.startswith("did:") else None

    def forget(self, did: str) -> None:
        """Remove an account from the cache, because it is gone."""
        self._followers.pop(did, None)

    def _known(self, account: str, now: datetime) -> bool:
        known = self._followers.get(account)
        return known is not None and now - known[1] < AGE

    async def _look_up(self, accounts: Sequence[str]) -> bool:
        answer = await self._query(PROFILES, [("actors", one.removeprefix("@")) for one in accounts], _Profiles)
        if answer is None:
            return False
        found = {profile.did: profile.followers_count for profile in answer.profiles}
        found |= {profile.handle: profile.followers_count for profile in answer.profiles}
        now = self._clock()
        for account in accounts:
            self._followers.pop(account, None)
            self._followers[account] = (found.get(account.removeprefix("@")), now)
        while len(self._followers) > CACHED:
            del self._followers[next(iter(self._followers))]
        return True

    def _completed(self, post: Post) -> Post:
        followers = self._followers.get(post.author or "", (None,))[0]
        return post if followers is None else msgspec.structs.replace(post, followers=followers)

    async def _query(self, method: str, query: Sequence[tuple[str, str]], answer: type[T]) -> T | None:
        """Return an answer; `None`: there is none now."""
        if self._not_before is not None and self._clock() < self._not_before:
            return None
        await self._take_turn()
        # A session for each query, at most one a second: nobody says when the last one was sent.
        session = aiohttp.ClientSession(
            connector=connector(allow_private=self._allow_private),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            timeout=aiohttp.ClientTimeout(total=QUERY_S),
        )
        try:
            async with session, session.get(f"{self._url}/xrpc/{method}", params=query) as response:
                if response.status != 200:
                    self._note_refusal(response)
                    return None
                return msgspec.json.decode(await _body(response), type=answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
            return None

    async def _take_turn(self) -> None:
        """Wait until the next query may be sent."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._spacing_s
        await asyncio.sleep(mine - now)

    def _note_refusal(self, response: aiohttp.ClientResponse) -> None:
        now = self._clock()
        wait = retry_after_s(response.headers, now)
        if response.status == 429 or wait is not None:
            self._not_before = now + timedelta(seconds=REFUSED_S if wait is None else wait)


def _update(view: _PostView, now: datetime) -> Post:
    return Post(
        id=view.uri,
        created_at=now,
        text="",
        kind="update",
        author=view.author.did or None,
        reposts=view.repost_count,
        likes=view.like_count,
        replies=view.reply_count,
    )


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError(f"expected at most {MAX_BYTES} bytes")
    return body
