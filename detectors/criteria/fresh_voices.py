"""Fresh voices: an author not heard for hours with a text not seen for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detectors.observation import Voice

NEVER = -(10**9)

__all__ = ["FreshCounts", "FreshVoices"]


class FreshCounts(NamedTuple):
    """What one minute's voices come to: fresh ones, fresh negative ones, copies, and all of them."""

    fresh: int
    negatives: int
    copies: int
    voices: int


# Where each of these stands in a minute's row of counts.
FRESH, NEGATIVE, COPIES, VOICES = range(4)


class _Seen(msgspec.Struct, gc=False):
    """When a text was seen last, and from whom."""

    minute: int
    author: int


class FreshVoices:
    """Tell fresh voices from repeated ones and copies.

    A voice is fresh unless its author spoke in the last `author_minutes` or its text was seen in the last
    `text_minutes`. A copy is the same text from another author. One author who posts all day counts once in six hours,
    a text that a thousand accounts paste counts once a day. Each repost is a fresh voice, but only the first of a
    publication may be a negative one: a thousand reposts are one opinion, and the reach criterion's business.

    Parameters
    ----------
    author_minutes
        Minutes for which an author is remembered.
    text_minutes
        Minutes for which a text is remembered.
    most
        Most authors and texts remembered together. Beyond it whole minutes are forgotten, the oldest first: a brand
        with more voices than that in six hours may count a returning author as fresh.

    Examples
    --------
    >>> from detectors.observation import Voice
    >>> f = FreshVoices()
    >>> f.take(0, [Voice(1, 50, 0, True, 0), Voice(2, 50, 0, True, 0), Voice(3, 0, 0, False, 0)], 1.0)
    FreshCounts(fresh=2, negatives=1, copies=1, voices=3)
    >>> f.take(5, [Voice(1, 60, 0, True, 0)], 1.0)
    FreshCounts(fresh=0, negatives=0, copies=0, voices=1)
    """

    __slots__ = ("author_minutes", "authors", "held", "most", "rows", "text_minutes", "texts")

    def __init__(self, author_minutes: int = 360, text_minutes: int = 1440, most: int = 32_768) -> None:
        self.author_minutes = author_minutes
        self.text_minutes = text_minutes
        self.most = most
        self.authors: dict[int, int] = {}
        self.texts: dict[int, _Seen] = {}
        # Of each minute, its authors and beside them what each said.
        self.rows: dict[int, tuple[list[int], list[int]]] = {}
        self.held = 0

    def take(self, minute: int, voices: Iterable[Voice], scale: float) -> FreshCounts:
        """Judge and remember one minute's voices; counts are scaled up to all authors where voices are a sample."""
        authors, texts = self.authors, self.texts
        oldest_author = minute - self.author_minutes
        oldest_text = minute - self.text_minutes
        fresh = negatives = copies = 0
        heard: list[int] = []
        told: list[int] = []
        for voice in voices:
            author, text, negative = voice.author, voice.text, voice.negative
            new = authors.get(author, NEVER) < oldest_author
            authors[author] = minute
            said = text or voice.origin
            if said:
                seen = texts.get(said)
                if seen is not None and seen.minute >= oldest_text:
                    if text:
                        new = False
                        copies += seen.author != author
                    else:
                        # Who reposts joins in; what one text says, or is mistaken to say, counts once.
                        negative = False
                texts[said] = _Seen(minute, author)
            heard.append(author)
            told.append(said)
            if new:
                fresh += 1
                negatives += negative
        self._keep(minute, heard, told)
        count = len(heard)
        if scale > 1.0:
            return FreshCounts(
                round(fresh * scale), round(negatives * scale), round(copies * scale), round(count * scale)
            )
        return FreshCounts(fresh, negatives, copies, count)

    def _keep(self, minute: int, heard: list[int], told: list[int]) -> None:
        self.rows[minute] = heard, told
        self.held += len(heard)
        oldest = minute - self.text_minutes
        while (first := next(iter(self.rows))) < oldest or (self.held > self.most and first != minute):
            self._forget(first)

    def _forget(self, minute: int) -> None:
        heard, told = self.rows.pop(minute)
        self.held -= len(heard)
        for author, text in zip(heard, told, strict=True):
            if self.authors.get(author) == minute:
                del self.authors[author]
            if (seen := self.texts.get(text)) is not None and seen.minute == minute:
                del self.texts[text]

    def row(self, minute: int) -> tuple[list[int], list[int]]:
        """Return a minute's authors and beside them what each said, to be kept and given back to `refill`."""
        return self.rows.get(minute, ([], []))

    def refill(self, minute: int, heard: list[int], told: list[int]) -> None:
        """Remember what `row` gave again, minutes in their order."""
        for author, text in zip(heard, told, strict=True):
            self.authors[author] = minute
            if text:
                self.texts[text] = _Seen(minute, author)
        self._keep(minute, heard, told)
