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

from collections.abc import Collection, Iterable
from heapq import nlargest, nsmallest
from itertools import chain

import msgspec

from detectors.observation import Voice
from streams.errors import InputError

MAX_VOICES = 512
MAX_SAMPLES = 32
MAX_POSTS = 5
MAX_SNIPPET = 200
HASHES = 1 << 64


class PostRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """One publication: its identity, its reach, its negativity in thousandths, and the parts shown in an event.

    `identity` is the hash of brand, network and id, which decides the sampling; `origin` that of the network and the
    id it reposts, or 0.
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


class Counts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Sums over the mentions of a rollup.

    `late` mentions count in the minute they were made in, `too_late` ones were dropped.
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
        The `MAX_POSTS` of widest reach, the `MAX_POSTS` most reposted, and a sample of `MAX_SAMPLES`, those with the
        smallest hashes; sorted.
    weaknesses
        Mentions of each known weakness.
    covered
        Whether a source sent a heartbeat in the hour of `newest`: silence in it is quiet, not a gap in the feed.
    lag
        Minutes by which its mentions are older than the bucket that they join, because they came late.

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
        best_posts(set().union(*[rollup.posts for rollup in every])),
        weaknesses,
        any(rollup.covered for rollup in every),
        first.lag,
    )


def merge_voices(*parts: Iterable[Voice]) -> tuple[Voice, ...]:
    """Merge the voices of several parts: one row an author, the `MAX_VOICES` with the smallest hashes.

    Examples
    --------
    >>> merge_voices([Voice(1, 9, 0, False, 10)], [Voice(1, 8, 0, True, 5)])
    (Voice(author=1, text=8, origin=0, negative=True, followers=10),)
    """
    merged: dict[int, Voice] = {}
    for voice in chain.from_iterable(parts):
        known = merged.get(voice.author)
        merged[voice.author] = one_voice(known, voice) if known else voice
    return tuple(sorted(merged.values())[:MAX_VOICES])


def one_voice(a: Voice, b: Voice) -> Voice:
    """Combine two rows of one author: the lesser text and origin, negative if either is, the most followers."""
    first = min(a, b)
    return Voice(a.author, first.text, first.origin, a.negative or b.negative, max(a.followers, b.followers))


def best_posts(posts: Collection[PostRow]) -> tuple[PostRow, ...]:
    """Select the posts of widest reach, the most reposted, and a sample, each by a total order."""
    if len(posts) <= 1:
        return tuple(posts)
    if len(posts) <= MAX_SAMPLES:
        return tuple(sorted(posts))
    sampled = nsmallest(MAX_SAMPLES, posts)
    return tuple(sorted({*sampled, *nlargest(MAX_POSTS, posts, _by_reach), *nlargest(MAX_POSTS, posts, _by_reposts)}))


def _by_reach(post: PostRow) -> tuple[int, PostRow]:
    return post.reach, post


def _by_reposts(post: PostRow) -> tuple[int, PostRow]:
    return post.reposts, post
