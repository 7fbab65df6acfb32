"""From rollups to observations: the networks of a closed minute combined into what the detectors score."""

from detectors.observation import Observation, Post
from streams.mentions.text import post_key
from streams.scoring.rollup import HASHES, MAX_VOICES, Rollup


def observations(minute: int, rollups: list[Rollup], reach_negative_at: float) -> tuple[Observation, list[Observation]]:
    """Combine the rollups of a closed minute into its observation, and those of older minutes that came late in it.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts
    >>> now, late = (Rollup("Acme", "forum", 90, 0, Counts(mentions=1), lag=lag) for lag in (0, 30))
    >>> own, older = observations(90, [now, late], 0.7)
    >>> own.minute, own.mentions, [observation.minute for observation in older]
    (90, 1, [60])
    """
    by_lag: dict[int, list[Rollup]] = {}
    for rollup in rollups:
        by_lag.setdefault(rollup.lag, []).append(rollup)
    own = by_lag.pop(0, None)
    late = [observation(minute - lag, by_lag[lag], reach_negative_at) for lag in sorted(by_lag, reverse=True)]
    return (
        observation(minute, own, reach_negative_at) if own else Observation(minute, 0, 0, ()),
        [older for older in late if older.mentions],
    )


def observation(minute: int, rollups: list[Rollup], reach_negative_at: float) -> Observation:
    """Combine the rollups of a closed minute, one a network, into one observation.

    Where the authors of a network are a sketch, all networks are cut at the smallest of the sketches' thresholds, so
    that the authors that remain are one uniform sample of all.

    Examples
    --------
    >>> from detectors.observation import Voice
    >>> from streams.scoring.rollup import Counts
    >>> a = Rollup("Acme", "forum", 1, 0, Counts(mentions=2, negatives=1), (Voice(5, b"", 0, True, 1),))
    >>> b = Rollup("Acme", "twitter", 1, 0, Counts(mentions=1), (Voice(3, b"", 0, False, 9),))
    >>> combined = observation(1, [a, b], 0.7)
    >>> combined.mentions, [voice.author for voice in combined.voices], combined.scale
    (3, [3, 5], 1.0)
    """
    voices = rollups[0].voices
    scale = 1.0
    if len(rollups) > 1:
        voices = tuple(sorted([voice for rollup in rollups for voice in rollup.voices]))
    full = [rollup.voices[-1].author for rollup in rollups if len(rollup.voices) >= MAX_VOICES]
    if full:
        threshold = min(full)
        voices = tuple([voice for voice in voices if voice.author < threshold])
        scale = HASHES / threshold
    return Observation(
        minute,
        sum([rollup.counts.mentions for rollup in rollups]),
        sum([rollup.counts.negatives for rollup in rollups]),
        voices,
        scale,
        [
            Post(
                post.id,
                post_key(rollup.network, post.id),
                post.reach,
                post.reposts,
                None if post.negativity < 0 else post.negativity >= 1000 * reach_negative_at,
            )
            for rollup in rollups
            for post in rollup.posts
            if post.reach or post.reposts
        ],
    )
