"""Copies: the same text from many accounts, which is a campaign and not a crowd."""

from __future__ import annotations

import math

from detectors.statistics.counts import tail_surprisal

__all__ = ["Copies"]


class Copies:
    """Tell a coordinated flood by its share of copies, beyond what this brand always has.

    Parameters
    ----------
    least
        Fewest copies in the window.
    share
        Least share of copies among the voices of the window.
    memory
        Hours after which an hour weighs 1/e in the brand's own share of copies.
    score
        -log10 of the chance that the brand's own share gives as many.

    Examples
    --------
    >>> c = Copies()
    >>> c.flooded(copies=30, voices=40), c.flooded(copies=3, voices=40)
    (True, False)
    """

    __slots__ = ("copies", "fresh", "least", "memory", "score", "share", "voices")

    PRIOR_COPIES, PRIOR_FRESH, PRIOR_VOICES = 0.5, 22.5, 25.0

    def __init__(self, least: int = 4, share: float = 0.1, memory: float = 336.0, score: float = 3.0) -> None:
        self.least = least
        self.share = share
        self.memory = memory
        self.score = score
        self.copies = 0.0
        self.fresh = 0.0
        self.voices = 0.0

    @property
    def usual(self) -> float:
        """Share of copies usual for this brand."""
        return (self.PRIOR_COPIES + self.copies) / (self.PRIOR_VOICES + self.voices)

    @property
    def usual_fresh(self) -> float:
        """Share of fresh voices usual for this brand."""
        return (self.PRIOR_FRESH + self.fresh) / (self.PRIOR_VOICES + self.voices)

    def learn(self, copies: float, fresh: float, voices: float, hours: float) -> None:
        """Take in one hour, `hours` hours after the last one."""
        fade = math.exp(-hours / self.memory)
        self.copies = self.copies * fade + copies
        self.fresh = self.fresh * fade + fresh
        self.voices = self.voices * fade + voices

    def crowded(self, fresh: int, voices: int, share: float) -> bool:
        """Whether a window's voices are a crowd, at least `share` times as fresh as this brand's usually are."""
        return fresh >= share * self.usual_fresh * voices

    def flooded(self, copies: int, voices: int) -> bool:
        """Whether a window's copies are a flood."""
        if copies < self.least or copies < self.share * voices:
            return False
        return tail_surprisal(copies, self.usual * voices, 0.3) >= self.score
