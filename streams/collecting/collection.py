"""The collection of one source: its batches become commits, without knowing where these are written.

For each post: which brands it is about, by its text and identities or by an earlier post that it shares; what its
stream leaves out, looked up; then its mentions, one a brand. Each batch also brings the heartbeats that are due.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from streams.collecting.commit import Commit, Keyed, Position
from streams.collecting.heartbeats import Heartbeats
from streams.collecting.mention_builder import MentionBuilder
from streams.collecting.recounting import Recounting
from streams.collecting.remembered_posts import RememberedPosts
from streams.matching.matcher import BrandMatcher
from streams.mentions.mention import SPOKEN
from streams.sources.source import Batch, LooksUp, Post, Recounts, Shares, Source

Matched = tuple[Post, Sequence[str]]
"""A post and the brands that it is about."""


class Parts(NamedTuple):
    """What a collection is composed of; the matcher serves all sources, the others one."""

    matcher: BrandMatcher
    builder: MentionBuilder
    heartbeats: Heartbeats
    recounting: Recounting


def utc_now() -> datetime:
    """Return the time of the clock."""
    return datetime.now(UTC)


class Collection:
    """Turn the batches of a source into commits.

    Parameters
    ----------
    name
        Of the source.
    source
        Looks posts up and recounts them, where it can.
    parts
        Matching, building, heartbeats and recounting.
    brand
        What every post is about; empty: posts are matched.
    brands
        Collect for these only; empty: all.
    clock
        Time of the clock, with a zone: no heartbeat lies beyond it.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        parts: Parts,
        *,
        brand: str = "",
        brands: Sequence[str] = (),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = name
        self.source = source
        self._parts = parts
        self._prefix = f"{name}/posts/"
        self._keep_ms = int(source.remembered.total_seconds() * 1000) if isinstance(source, Shares) else 0
        self._remembered = RememberedPosts(self._keep_ms)
        self._brand = brand
        self._only = frozenset(brands)
        self._clock = clock
        self._refused: Counter[str] = Counter()

    def restore(self, position: Position) -> None:
        """Restore what is remembered of earlier posts from the rows that the last commits wrote.

        Raises
        ------
        InputError
            A row was written by another version.
        """
        prefix = self._prefix.encode()
        rows = ((key[len(prefix) :].decode(), row) for key, row in position.rows.items() if key.startswith(prefix))
        self._remembered = RememberedPosts.restore(rows, self._keep_ms)

    async def take(self, batch: Batch) -> Commit:
        """Return what a batch becomes; the state is as after it, whether or not it is committed.

        Parameters
        ----------
        batch
            The next of the source.
        """
        now_ms = _ms(self._clock())
        matched = [found for post in batch.posts if (found := self._match(post, now_ms))[1]]
        self._remembered.forget_gone(batch.gone)
        self._remembered.expire(now_ms)
        matched, looked_up = await self._looked_up(matched)
        messages = self._build(matched)
        mentions = len(messages)
        complete_to_ms = None if batch.complete_to is None else _ms(batch.complete_to)
        messages += self._parts.heartbeats.due(complete_to_ms, now_ms)
        if isinstance(self.source, Recounts):
            self._parts.recounting.note(matched)
        return Commit(
            messages=messages,
            rows={(self._prefix + post_id).encode(): row for post_id, row in self._remembered.take_changes()},
            cursor=batch.cursor,
            complete_to=batch.complete_to,
            batches=(batch,),
            dead_letters=batch.dead_letters,
            mentions=mentions,
            events=max(batch.events, len(batch.posts)),
            dropped=dict(Counter(batch.refused) + self._newly_refused()),
            gap=batch.gap[1] - batch.gap[0] if batch.gap else timedelta(),
            looked_up=looked_up,
        )

    async def recount(self) -> Commit | None:
        """Look again at the posts that are due; `None`: none, or none of them is there any more."""
        if not isinstance(self.source, Recounts):
            return None
        recounting = self._parts.recounting
        ids = recounting.due(self._clock())
        if not ids:
            return None
        updates = [(post, recounting.brands(post.id)) for post in await self.source.recount(ids)]
        recounting.note(updates)
        messages = self._build(updates)
        return Commit(messages=messages, mentions=len(messages)) if messages else None

    def _match(self, post: Post, now_ms: int) -> Matched:
        """Return a post, with the text that it shares, and the brands that it is about; remember it for its shares."""
        if self._brand and not post.brand:
            post = msgspec.structs.replace(post, brand=self._brand)
        matches = self._parts.matcher.match(post, post.network or self.source.network)
        brands = tuple(match.brand for match in matches)
        original = self._remembered.find(post.about)
        if original is not None:
            brands = tuple(dict.fromkeys((*brands, *original.brands)))
            if not post.text:
                post = msgspec.structs.replace(post, text=original.text)
        if self._only:
            brands = tuple(brand for brand in brands if brand in self._only)
        if self._keep_ms and post.kind in SPOKEN:
            self._remembered.remember(post.id, brands, post.text, now_ms)
        return post, brands

    async def _looked_up(self, matched: list[Matched]) -> tuple[list[Matched], dict[str, int]]:
        """Return the posts completed, and how many were, of those whose author's followers were not known."""
        if not matched or not isinstance(self.source, LooksUp) or not self.source.looks_up:
            return matched, {}
        asked = {post.id for post, _ in matched if post.author and post.followers is None}
        complete = {post.id: post for post in await self.source.look_up([post for post, _ in matched])}
        found = sum(complete[post_id].followers is not None for post_id in asked if post_id in complete)
        counts = {"found": found, "missing": len(asked) - found} if asked else {}
        return [(complete.get(post.id, post), brands) for post, brands in matched], counts

    def _build(self, matched: Sequence[Matched]) -> list[Keyed]:
        messages: list[Keyed] = []
        for post, brands in matched:
            for brand, message in self._parts.builder.build(post, brands):
                messages.append((brand, message))
                self._parts.heartbeats.mentioned(brand, _ms(post.created_at))
        return messages

    def _newly_refused(self) -> Counter[str]:
        """Return what the builder refused since the last call, by reason."""
        refused: Counter[str] = Counter({str(reason): number for reason, number in self._parts.builder.refused.items()})
        new, self._refused = refused - self._refused, refused
        return new


def _ms(time: datetime) -> int:
    return int(time.timestamp() * 1000)
