"""Synthetic observations for the detectors' tests: quiet brands, crowds, single voices."""

import random
import struct

from detectors.brand import BrandDetector
from detectors.change import Change
from detectors.minutes import DAY_MINUTES
from detectors.observation import NETWORK_BITS, Observation, Post, Voice


def said(minute: int, *voices: Voice, mentions: int = 0, posts: tuple[Post, ...] = ()) -> Observation:
    """One minute in which these voices spoke."""
    negatives = sum(v.negative for v in voices)
    return Observation(minute, mentions or len(voices), negatives, sorted(voices), 1.0, posts)


def voice(
    author: int,
    *,
    text: int = 0,
    samples: tuple[int, ...] = (),
    negative: bool = False,
    followers: int = 0,
    origin: int = 0,
    network: int = 0,
    shared: bool = False,
) -> Voice:
    """A voice of an author on a network; equal texts are copies, those with equal samples near-copies."""
    fingerprint = struct.pack(f">{1 + len(samples)}I", text, *samples) if text else b""
    return Voice(author << NETWORK_BITS | network, fingerprint, origin, negative, followers, shared)


def quiet(days: int, every: int = 60, share: float = 0.1, seed: int = 1, start: int = 0) -> list[Observation]:
    """A brand that people mention at random, about once in `every` minutes, now and then in anger."""
    rng = random.Random(seed)
    return [
        said(minute, voice(10**9 + start + minute, negative=rng.random() < share))
        for minute in range(start, start + days * DAY_MINUTES)
        if rng.random() < 1 / every
    ]


def people(start: int, minutes: int, each: int, share: float, seed: int = 2) -> list[Observation]:
    """A crowd: so many new people a minute, a share of them negative."""
    rng = random.Random(seed)
    return [
        said(m, *(voice(10**12 + m * 1000 + i, negative=rng.random() < share) for i in range(each)))
        for m in range(start, start + minutes)
    ]


def watch(detector: BrandDetector, observations: list[Observation]) -> list[Change]:
    return [change for o in observations for change in detector.observe(o)]
