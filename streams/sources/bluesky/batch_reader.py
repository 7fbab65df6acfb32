"""Frames in, batches out: one subscription's decoding, its position, and what it could not replay."""

from collections.abc import Iterable
from datetime import timedelta

from streams.errors import SourceError
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.compression import Dictionary
from streams.sources.bluesky.endpoint import MAX_FRAME_BYTES, Endpoint
from streams.sources.bluesky.frames import Event, Notice, microseconds, utc_time
from streams.sources.bluesky.position import Position, Resume
from streams.sources.bluesky.posts import POST, PostBuilder
from streams.sources.bluesky.recent_ids import RecentIds
from streams.sources.source import Batch, Post

MARGIN = timedelta(seconds=2)
"""How long after it was witnessed an event may still arrive behind a later one."""
CLAMPED_US = 60_000_000
"""A first event so much later than the cursor: the server has silently left out what it no longer stores."""
GONE = frozenset(("takendown", "suspended", "deleted", "deactivated"))


class BatchReader:
    """Convert the frames of one subscription.

    Parameters
    ----------
    endpoint
        The server.
    resume
        Where the subscription resumed.
    dictionary
        Of compressed frames.
    builder
        Converts commits to posts.
    accounts
        Official accounts, whose changes of identity are noted.
    recent
        Ids of posts that were read before, for a subscription that resumed by time.

    Attributes
    ----------
    position
        How far the server was read; `None`: nothing was read yet.
    ending
        Why the server ends the subscription; `None`: it goes on.
    gone
        Accounts that were taken down or deleted since the last batch.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        resume: Resume,
        dictionary: Dictionary | None,
        builder: PostBuilder,
        accounts: OfficialAccounts,
        recent: RecentIds,
    ) -> None:
        self._endpoint = endpoint
        self._resume = resume
        self._dictionary = dictionary
        self._builder = builder
        self._accounts = accounts
        self._recent = recent
        self._refused: dict[str, int] = {}
        self._outdated = False
        self._first = True
        self._gap: tuple[int, int] | None = None
        self._order = resume.after
        self._at = resume.since
        self._last: int | str | None = None
        self.ending: SourceError | None = None
        self._deleted: list[str] = []
        self.gone: list[str] = []

    @property
    def position(self) -> Position | None:
        """How far the server was read."""
        if self._at is None:
            return None
        return Position(self._endpoint.url, self._at, self._order if self._endpoint.version == 2 else None)

    def read(self, frames: Iterable[bytes]) -> Batch:
        """Convert frames, up to one with which the server ends the subscription: then `ending` is set."""
        posts: list[Post] = []
        events = 0
        decode = self._endpoint.decode
        for frame in frames:
            content = frame if self._dictionary is None and len(frame) <= MAX_FRAME_BYTES else self._content(frame)
            if content is None:
                continue
            decoded = decode(content)
            if isinstance(decoded, Event):
                if self._is_new(decoded):
                    events += 1
                    self._event(decoded, posts)
            elif isinstance(decoded, Notice):
                self.ending = self._ending(decoded)
                if self.ending is not None:
                    break
            else:
                self._refuse(decoded.reason)
        return self._batch(posts, events)

    def _content(self, frame: bytes) -> bytes | None:
        if len(frame) > MAX_FRAME_BYTES:
            self._refuse("size")
            return None
        if self._dictionary is None or frame.startswith(b"{"):
            return frame
        content = self._dictionary.decompress(frame)
        if content is None:
            self._refuse("compression")
        return content

    def _is_new(self, event: Event) -> bool:
        """Return whether an event was not read yet, by its sequence number; note how far the server is read."""
        if self._endpoint.version == 2:
            if self._order is not None and event.order <= self._order:
                return False
            self._order = event.order
        self._last = event.witnessed
        if self._first:
            self._first = False
            self._note_gap(event)
        return True

    def _note_gap(self, event: Event) -> None:
        since, first = self._resume.since, microseconds(event.witnessed)
        if since is not None and first is not None and first - since > (0 if self._outdated else CLAMPED_US):
            self._gap = (since, first)

    def _event(self, event: Event, posts: list[Post]) -> None:
        if event.commit is not None:
            if event.commit.operation == "delete" and event.commit.collection == POST:
                self._deleted.append(f"at://{event.did}/{POST}/{event.commit.rkey}")
            for post in self._builder.build(event.did, event.commit, event.witnessed):
                if self._recent.add(post.id):
                    posts.append(post)  # noqa: PERF401 - mostly there is none: a list would cost more
        elif event.kind == "identity":
            self._accounts.identity_changed(event.did)
        elif event.kind == "account" and event.status in GONE:
            self.gone.append(event.did)

    def _ending(self, notice: Notice) -> SourceError | None:
        """Return the error with which a notice ends the subscription; `None`: it goes on."""
        url = self._endpoint.url
        if notice.terminal:
            return SourceError(
                f"{url}: expected events, got the error {notice.name[:100]}: {notice.message[:200]}: it reads on from "
                "the last event; give the collector more processor time if the server calls it too slow",
                reason="closed",
            )
        if notice.name == "FutureCursor":
            return SourceError(
                f"{url}: expected the server to know the cursor's sequence number, got {notice.message[:200]}: it is "
                "another archive under the same address, and reading resumes by time",
                reason="cursor",
            )
        self._outdated = self._outdated or notice.name == "OutdatedCursor"
        return None

    def _batch(self, posts: list[Post], events: int) -> Batch:
        witnessed = None if self._last is None else microseconds(self._last)
        if witnessed is not None:
            self._at = witnessed if self._at is None else max(self._at, witnessed)
        position = self.position
        if position is None and not posts:
            return Batch(events=events)  # what was refused is reported with the first event
        for reason, count in self._builder.refused.items():
            self._refused[reason] = self._refused.get(reason, 0) + count
        self._builder.refused.clear()
        batch = Batch(
            posts=posts,
            cursor=position.cursor if position else None,
            complete_to=utc_time(witnessed) - MARGIN if witnessed is not None else None,
            refused=self._refused,
            gap=(utc_time(self._gap[0]), utc_time(self._gap[1])) if self._gap else None,
            events=events,
            gone=[*self._deleted, *(f"at://{did}/" for did in self.gone)],
        )
        self._refused, self._gap, self._deleted = {}, None, []
        return batch

    def _refuse(self, reason: str) -> None:
        self._refused[reason] = self._refused.get(reason, 0) + 1
