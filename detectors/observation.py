"""Input of a brand's detectors: the closed minutes of event time that have mentions."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

__all__ = ["NETWORK_BITS", "Observation", "Post", "Voice"]

NETWORK_BITS = 16
"""Lowest bits of a voice's author that stand for the network."""


class Voice(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """One author's part in one minute.

    Parameters
    ----------
    author
        64-bit hash of the author; of the mention itself where the source names no author. The lowest `NETWORK_BITS` of
        it are those of the network.
    fingerprint
        Hashes of the text, four bytes each, big-endian. A text with the same first or second one is a copy, one with
        another in common a partial copy. Empty for a repost and for a short text, which prove no copy.
    origin
        64-bit hash of the post that is reposted, or 0.
    negative
        Whether a mention of the author in this minute is negative.
    followers
        Followers of the author, 0 where unknown.
    shared
        Whether the text passes on a link or another's post: its copies are shares of one publication, not a campaign.
    """

    author: int
    fingerprint: bytes
    origin: int
    negative: bool
    followers: int
    shared: bool = False


class Post(NamedTuple):
    """One publication that reaches many people, as last seen in a minute.

    Parameters
    ----------
    id
        Identifier on its network, as reported in events.
    key
        64-bit hash of the identifier, equal to `Voice.origin` of its reposts.
    reach
        People: the greater of its author's followers and its views so far.
    reposts
        Reposts so far.
    negative
        Whether the publication is negative; None where it was seen again without its text.
    """

    id: str
    key: int
    reach: int
    reposts: int
    negative: bool | None


class Observation(NamedTuple):
    """One closed minute of one brand over all its networks, with at least one mention or one publication seen again.

    Parameters
    ----------
    minute
        Start of the bucket, minutes since 1970-01-01T00:00Z.
    mentions
        Mentions, the brand's own left out.
    negatives
        Negative mentions among them.
    voices
        One per author, sorted by author hash: all of them, or a bottom-k sample.
    scale
        Distinct authors per sampled voice; 1.0 where every author is included.
    posts
        The posts of this minute with the greatest reach and the most reposts.

    Examples
    --------
    >>> Observation(minute=28_000_000, mentions=1, negatives=1, voices=[Voice(7, b"", 0, True, 120)]).scale
    1.0
    """

    minute: int
    mentions: int
    negatives: int
    voices: Sequence[Voice]
    scale: float = 1.0
    posts: Sequence[Post] = ()
