"""Remembered posts: a bounded state of what was matched, from which reposts and quotes inherit brands and text."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from streams.errors import InputError

KEEP_MS = 48 * 3_600_000
"""How long a post is remembered where nothing else is said: most reposts and quotes come within two days."""
MAX_POSTS = 200_000
"""Posts that one source remembers; then the oldest are forgotten."""
MAX_TEXT = 4_000
"""Characters of a text that are remembered, to be scored again as a repost's."""


class RememberedPost(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is remembered of a post.

    Parameters
    ----------
    brands
        That it is about.
    text
        Cut to `MAX_TEXT`.
    at_ms
        When it was found, in milliseconds since the epoch.
    """

    brands: tuple[str, ...]
    text: str
    at_ms: int


_decode = msgspec.json.Decoder(RememberedPost).decode


class RememberedPosts:
    """Posts of one source by id, oldest first, and which of them changed since the changes were last taken.

    Parameters
    ----------
    keep_ms
        How long a post is remembered, in milliseconds.
    capacity
        Most posts.

    Examples
    --------
    >>> posts = RememberedPosts()
    >>> posts.remember("at://1", ("Acme",), "never again", at_ms=0)
    >>> dict(posts.take_changes())
    {'at://1': b'[["Acme"],"never again",0]'}
    >>> posts.expire(now_ms=KEEP_MS + 1)
    >>> posts.find("at://1"), list(posts.take_changes())
    (None, [('at://1', None)])
    """

    def __init__(self, keep_ms: int = KEEP_MS, capacity: int = MAX_POSTS) -> None:
        self.keep_ms = keep_ms
        self.capacity = capacity
        self._posts: dict[str, RememberedPost] = {}
        self._changed: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._posts)

    def remember(self, post_id: str, brands: Iterable[str], text: str, at_ms: int) -> None:
        """Remember a post; one that is known with the same brands stays as it is.

        Parameters
        ----------
        post_id
            As its network has it.
        brands
            That it is about; none: nothing is remembered.
        text
            What it says.
        at_ms
            When it was found, in milliseconds since the epoch; must not go back.
        """
        known = self._posts.get(post_id)
        names = tuple(dict.fromkeys((*(known.brands if known else ()), *brands)))
        if not names or (known and known.brands == names):
            return
        if known:
            at_ms = known.at_ms
        self._posts[post_id] = RememberedPost(names, text[:MAX_TEXT], at_ms)
        self._changed[post_id] = None
        if len(self._posts) > self.capacity:
            self.forget(next(iter(self._posts)))

    def find(self, post_id: str | None) -> RememberedPost | None:
        """Return what is remembered of a post; `None` if nothing is."""
        return self._posts.get(post_id) if post_id is not None else None

    def forget(self, post_id: str) -> None:
        """Forget a post."""
        if self._posts.pop(post_id, None) is not None:
            self._changed[post_id] = None

    def forget_gone(self, gone: Sequence[str]) -> None:
        """Forget posts that are no longer there.

        Parameters
        ----------
        gone
            Ids, and beginnings of ids that end in a slash.

        Examples
        --------
        >>> posts = RememberedPosts()
        >>> for post_id in ("at://ann/1", "at://ann/2", "at://bob/1"):
        ...     posts.remember(post_id, ("Acme",), "never again", at_ms=0)
        >>> posts.forget_gone(["at://bob/1", "at://ann/"])
        >>> len(posts)
        0
        """
        for post_id in gone:
            self.forget(post_id)
        if beginnings := tuple(one for one in gone if one.endswith("/")):
            for post_id in [known for known in self._posts if known.startswith(beginnings)]:
                self.forget(post_id)

    def expire(self, now_ms: int) -> None:
        """Forget what was found longer ago than `keep_ms`.

        Parameters
        ----------
        now_ms
            In milliseconds since the epoch.
        """
        oldest = now_ms - self.keep_ms
        expired = []
        for post_id, post in self._posts.items():
            if post.at_ms >= oldest:
                break
            expired.append(post_id)
        for post_id in expired:
            self.forget(post_id)

    def take_changes(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield the rows that changed since the last time, by post id; `None` is a tombstone."""
        changed, self._changed = self._changed, {}
        for post_id in changed:
            post = self._posts.get(post_id)
            yield post_id, msgspec.json.encode(post) if post else None

    @classmethod
    def restore(
        cls, rows: Iterable[tuple[str, bytes]], keep_ms: int = KEEP_MS, capacity: int = MAX_POSTS
    ) -> "RememberedPosts":
        """Restore from rows in any order, without tombstones.

        Raises
        ------
        InputError
            A row was written by another version.
        """
        posts = cls(keep_ms, capacity)
        found = []
        for post_id, row in rows:
            try:
                found.append((post_id, _decode(row)))
            except msgspec.DecodeError as error:
                raise InputError(
                    f"remembered post {post_id!r}: expected brands, text and a time, got {row[:100]!r} ({error}): "
                    "delete the row, or go back to the version that wrote it"
                ) from None
        found.sort(key=lambda row: row[1].at_ms)
        posts._posts.update(found)
        return posts
