"""The collection of one source: its batches become commits, without knowing where these are written.

For each post: which brands it is about, by its text and identities or by an earlier post that it shares; what its
stream leaves out, looked up; then its mentions, one a brand. Each batch also brings the heartbeats that are due.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from streams.collecting.commit import Commit, Keyed, Position
from streams.collecting.recounting import Recounting
from streams.sources.source import Batch, LooksUp, Post, Recounts, Source


class Match(Protocol):
    """A brand that a post is about."""

    @property
    def brand(self) -> str: ...  # noqa: D102


class Matching(Protocol):
    """Matches posts to brands."""

    def match(self, post: Post, network: str, /) -> Sequence[Match]:
        """Return the brands that a post is about, by its text and the identities in it."""


class Building(Protocol):
    """Builds mentions of posts."""

    def build(self, post: Post, brands: Sequence[str]) -> Sequence[Keyed]:
        """Return one encoded mention for each brand; fewer where the post may not be collected."""


class Remembered(Protocol):
    """An earlier post: brands and text that later ones inherit."""

    @property
    def brands(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102


class Remembering(Protocol):
    """Remembers matched posts for those that share or quote them."""

    def remember(self, post: Post, brands: Sequence[str]) -> None:
        """Remember a matched post."""

    def recall(self, post_id: str) -> Remembered | None:
        """Return what is remembered of a post."""

    def changes(self) -> Mapping[str, bytes | None]:
        """Return the rows that changed since the last call, by post id; `None` deletes one."""

    def restore(self, rows: Mapping[str, bytes]) -> None:
        """Restore what was remembered from its rows."""


class Beating(Protocol):
    """Decides which heartbeats to send."""

    def due(self, complete_to: datetime, now: datetime, messages: Sequence[Keyed]) -> Sequence[Keyed]:
        """Return the heartbeats that are due, given what is sent with them."""


class Parts(NamedTuple):
    """What a collection is composed of."""

    matching: Matching
    building: Building
    remembering: Remembering
    beating: Beating
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
        Matching, building and the state.
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
        brands: frozenset[str] = frozenset(),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.source = source
        self._prefix = f"{name}/posts/"
        self._parts = parts
        self._only = brands
        self._clock = clock

    def restore(self, position: Position) -> None:
        """Restore the state of the source from the rows that its last commits wrote."""
        prefix = self._prefix.encode()
        rows = {key[len(prefix) :].decode(): row for key, row in position.rows.items() if key.startswith(prefix)}
        self._parts.remembering.restore(rows)

    async def take(self, batch: Batch) -> Commit:
        """Return what a batch becomes; the state is as after it, whether or not it is committed.

        Parameters
        ----------
        batch
            The next of the source.
        """
        matched = []
        for post in batch.posts:
            inheriting, brands = self._inherited(post)
            if brands:
                self._parts.remembering.remember(inheriting, brands)
                matched.append((inheriting, brands))
        matched = await self._looked_up(matched)
        dropped = Counter(batch.refused)
        messages = self._build(matched, dropped)
        mentions = len(messages)
        if batch.complete_to is not None:
            messages += self._parts.beating.due(batch.complete_to, self._clock(), messages)
        if isinstance(self.source, Recounts):
            self._parts.recounting.note(matched)
        return Commit(
            messages=messages,
            rows=self._rows(),
            cursor=batch.cursor,
            complete_to=batch.complete_to,
            batches=(batch,),
            dead_letters=batch.dead_letters,
            mentions=mentions,
            events=len(batch.posts),
            dropped=dict(dropped),
            gap=batch.gap[1] - batch.gap[0] if batch.gap else timedelta(),
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
        dropped: Counter[str] = Counter()
        messages = self._build(updates, dropped)
        return Commit(messages=messages, mentions=len(messages), dropped=dict(dropped)) if messages else None

    def _inherited(self, post: Post) -> tuple[Post, Sequence[str]]:
        """Return a post with the text it shares, and the brands it is about."""
        matches = self._parts.matching.match(post, post.network or self.source.network)
        brands: Sequence[str] = tuple(match.brand for match in matches)
        if post.about and (original := self._parts.remembering.recall(post.about)):
            if not post.brand:
                brands = tuple(dict.fromkeys((*brands, *original.brands)))
            if not post.text:
                post = msgspec.structs.replace(post, text=original.text)
        if self._only:
            brands = tuple(brand for brand in brands if brand in self._only)
        return post, brands

    async def _looked_up(self, matched: list[tuple[Post, Sequence[str]]]) -> list[tuple[Post, Sequence[str]]]:
        if not matched or not isinstance(self.source, LooksUp):
            return matched
        complete = {post.id: post for post in await self.source.look_up([post for post, _ in matched])}
        return [(complete.get(post.id, post), brands) for post, brands in matched]

    def _build(self, matched: Sequence[tuple[Post, Sequence[str]]], dropped: Counter[str]) -> list[Keyed]:
        messages: list[Keyed] = []
        for post, brands in matched:
            built = self._parts.building.build(post, brands)
            messages += built
            if len(built) < len(brands):
                dropped["refused"] += len(brands) - len(built)
        return messages

    def _rows(self) -> dict[bytes, bytes | None]:
        changes = self._parts.remembering.changes()
        return {(self._prefix + post_id).encode(): row for post_id, row in changes.items()}
