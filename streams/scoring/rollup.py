"""The rollup: the mergeable summary of a brand's mentions on one network in one minute of event time.

Merging is exact: sums are integers, sets are unions cut to their k smallest hashes (bottom-k, or KMV, sketches),
lists are the k best by a total order. So any split of a stream, merged in any order, gives the same rollup to the
byte.

References
----------
Beyer, Haas, Reinwald, Sismanis, Gemulla (2007), On synopses for distinct-value estimation under multiset operations,
doi:10.1145/1247480.1247504. Cohen, Kaplan (2007), Summarizing data using bottom-k sketches,
doi:10.1145/1281100.1281133.
"""

from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest, nsmallest
from itertools import chain
from operator import attrgetter

import msgspec

from detectors.observation import Voice
from streams.errors import InputError
from streams.scoring.learned import Learned
from streams.scoring.rollup_desk import DeskPart, merge_desk

MAX_VOICES = 512
MAX_SAMPLES = 32
MAX_POSTS = 5
MAX_SNIPPET = 200
HASHES = 1 << 64


class PostRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """One publication: its identity, its reach, its negativity in thousandths, and the parts shown in an event.

    `identity` is the hash of brand, network and id, which decides the sampling; `origin` that of the network and the
    id it reposts, or 0. A publication seen again with other counts has a row for each of them. The negativity is -1 in
    an update that brings no text.
    """

    identity: int
    reach: int
    reposts: int
    negativity: int
    id: str
    author: str
    origin: int
    text: str
    url: str
    followers: int = 0


class Counts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Sums over the mentions of a rollup.

    `late` mentions count in the minute they were made in, `too_late` ones were dropped. `duplicates` are ids seen
    before with the same counts, `updates` publications seen again with other counts: both are no mentions.
    """

    mentions: int = 0
    negatives: int = 0
    complaints: int = 0
    official: int = 0
    answers: int = 0
    deletions: int = 0
    blocks: int = 0
    scheduled: int = 0
    late: int = 0
    too_late: int = 0
    duplicates: int = 0
    updates: int = 0


def total(counts: Iterable[Counts]) -> Counts:
    """Add sums.

    Examples
    --------
    >>> total([Counts(mentions=1), Counts(mentions=2, late=1)]).mentions
    3
    """
    return Counts(*map(sum, zip(*map(msgspec.structs.astuple, counts), strict=True)))


class Rollup(msgspec.Struct, array_like=True, gc=False):
    """A brand's mentions on one network in one minute.

    Parameters
    ----------
    brand, network
        The brand and the network.
    minute
        Start of the bucket, in minutes since the epoch.
    newest
        Newest event time seen of the brand, in milliseconds since the epoch: its watermark follows it.
    counts
        Sums.
    voices
        At most `MAX_VOICES` authors, those with the smallest hashes, sorted.
    posts
        Rows of the `MAX_POSTS` publications of widest reach, of the `MAX_POSTS` most reposted, and of a sample of
        `MAX_SAMPLES`, those with the smallest hashes; sorted.
    weaknesses
        Mentions of each known weakness.
    covered
        Whether a source sent a heartbeat in the hour of `newest`: silence in it is quiet, not a gap in the feed.
    lag
        Minutes by which its mentions are older than the bucket that they join, because they came late.
    desk
        What the response desk reads of it.
    learned
        What a record of the past has taught; such a rollup has no mentions.

    Examples
    --------
    >>> a = Rollup("Acme", "forum", 5, 300_000, Counts(mentions=1), weaknesses={"refund": 1})
    >>> b = Rollup("Acme", "forum", 5, 360_000, Counts(mentions=2), weaknesses={"refund": 2})
    >>> merged = merge(a, b)
    >>> merged.counts.mentions, merged.weaknesses, merged.newest
    (3, {'refund': 3}, 360000)
    """

    brand: str
    network: str
    minute: int
    newest: int
    counts: Counts
    voices: tuple[Voice, ...] = ()
    posts: tuple[PostRow, ...] = ()
    weaknesses: dict[str, int] = {}
    covered: bool = False
    lag: int = 0
    desk: DeskPart | None = None
    learned: Learned | None = None


def merge(first: Rollup, *others: Rollup) -> Rollup:
    """Merge rollups of one brand, network, minute and lag.

    Raises
    ------
    InputError
        They are not of the same brand, network, minute and lag.
    """
    if not others:
        return first
    bucket = first.brand, first.network, first.minute, first.lag
    for other in others:
        its = other.brand, other.network, other.minute, other.lag
        if its != bucket:
            raise InputError(f"expected rollups of one bucket, got {bucket} and {its}")
    every = first, *others
    weaknesses: dict[str, int] = {}
    for rollup in every:
        for tag, mentions in rollup.weaknesses.items():
            weaknesses[tag] = weaknesses.get(tag, 0) + mentions
    return Rollup(
        *bucket[:3],
        max([rollup.newest for rollup in every]),
        total(rollup.counts for rollup in every),
        merge_voices(*[rollup.voices for rollup in every]),
        best_posts(list(chain.from_iterable(rollup.posts for rollup in every))),
        weaknesses,
        any(rollup.covered for rollup in every),
        first.lag,
        merge_desk(rollup.desk for rollup in every),
    )


def merge_voices(*parts: Iterable[Voice]) -> tuple[Voice, ...]:
    """Merge the voices of several parts: one row an author, the `MAX_VOICES` with the smallest hashes.

    Examples
    --------
    >>> [voice] = merge_voices([Voice(1, b"text", 0, False, 10)], [Voice(1, b"more", 0, True, 5)])
    >>> voice.fingerprint, voice.negative, voice.followers
    (b'more', True, 10)
    """
    merged: dict[int, Voice] = {}
    for voice in chain.from_iterable(parts):
        author = voice.author
        known = merged.get(author)
        merged[author] = one_voice(known, voice) if known else voice
    return least_voices(merged)


def least_voices(by_author: dict[int, Voice]) -> tuple[Voice, ...]:
    """Return the `MAX_VOICES` voices with the smallest hashes, sorted.

    Examples
    --------
    >>> [voice.author for voice in least_voices({n: Voice(n, b"", 0, False, 0) for n in (3, 1, 2)})]
    [1, 2, 3]
    """
    return tuple([by_author[author] for author in sorted(by_author)[:MAX_VOICES]])


def one_voice(a: Voice, b: Voice) -> Voice:
    """Combine two rows of one author: the lesser text and origin, negative if either is, the most followers."""
    fingerprint, origin, shared = min((voice.fingerprint, voice.origin, voice.shared) for voice in (a, b))
    return Voice(a.author, fingerprint, origin, a.negative or b.negative, max(a.followers, b.followers), shared)


def best_posts(posts: Sequence[PostRow]) -> tuple[PostRow, ...]:
    """Select the publications of widest reach, the most reposted, and a sample, each by a total order.

    Of a publication with several rows, the one of widest reach and the most reposted one stand for it: so one that is
    counted again and again leaves the others their places.

    Examples
    --------
    >>> low, high = PostRow(7, 40, 0, 900, "v", "", 0, "", ""), PostRow(7, 60_000, 3, 900, "v", "", 0, "", "")
    >>> best_posts([high, low]) == (high,)
    True
    """
    if len(posts) <= 1:
        return tuple(posts)
    widest = posts
    most_reposted = posts
    by_identity = {post.identity: post for post in posts}
    if len(by_identity) < len(posts):
        widest = _one_each(posts, _by_reach)
        most_reposted = _one_each(posts, _by_reposts)
    elif len(posts) <= MAX_SAMPLES:
        return tuple([by_identity[identity] for identity in sorted(by_identity)])
    # Here each publication has one row, so that its identity decides the order.
    sampled = nsmallest(MAX_SAMPLES, widest, _identity)
    reaching = nlargest(MAX_POSTS, widest, _reach_first)
    return tuple(sorted({*sampled, *reaching, *nlargest(MAX_POSTS, most_reposted, _reposts_first)}))


def combined_row(a: PostRow, b: PostRow) -> PostRow:
    """Combine two rows of one publication: the widest reach and the most reposts, the rest of the row with a text.

    Examples
    --------
    >>> said = PostRow(7, 40, 9, 900, "v", "", 0, "never again", "")
    >>> update = PostRow(7, 60_000, 3, -1, "v", "", 0, "", "")
    >>> row = combined_row(said, update)
    >>> row.reach, row.reposts, row.negativity, row.text, row == combined_row(update, said)
    (60000, 9, 900, 'never again', True)
    """
    described = max(a, b, key=lambda row: (bool(row.text), row))
    return msgspec.structs.replace(
        described,
        reach=max(a.reach, b.reach),
        reposts=max(a.reposts, b.reposts),
        followers=max(a.followers, b.followers),
    )


def _one_each(posts: Iterable[PostRow], order: Callable[[PostRow], tuple[int, PostRow]]) -> list[PostRow]:
    """Return the row of each publication that is highest by an order."""
    return list({post.identity: post for post in sorted(posts, key=order)}.values())


_identity = attrgetter("identity")
_reach_first = attrgetter("reach", "identity")
_reposts_first = attrgetter("reposts", "identity")


def _by_reach(post: PostRow) -> tuple[int, PostRow]:
    return post.reach, post


def _by_reposts(post: PostRow) -> tuple[int, PostRow]:
    return post.reposts, post
