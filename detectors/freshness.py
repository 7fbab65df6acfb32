"""Fresh voices: an author not heard for hours with a text not seen for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detectors.observation import Voice

NEVER = -(10**9)

__all__ = ["FreshCounts", "Freshness"]


class FreshCounts(NamedTuple):
    """What one minute's voices come to: fresh ones, fresh negative ones, copies, and all of them."""

    fresh: int
    negatives: int
    copies: int
    voices: int


# Where each of these stands in a minute's row of counts.
FRESH, NEGATIVE, COPIES, VOICES = range(4)


class Freshness:
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
    >>> f = Freshness()
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
        self.texts: dict[int, tuple[int, int]] = {}
        self.rows: dict[int, list[tuple[int, int]]] = {}
        self.held = 0

    def take(self, minute: int, voices: Iterable[Voice], scale: float) -> FreshCounts:
        """Judge and remember one minute's voices; counts are scaled up to all authors where voices are a sample."""
        authors, texts = self.authors, self.texts
        oldest_author = minute - self.author_minutes
        oldest_text = minute - self.text_minutes
        fresh = negatives = copies = 0
        row = []
        for voice in voices:
            author, text, negative = voice.author, voice.text, voice.negative
            new = authors.get(author, NEVER) < oldest_author
            authors[author] = minute
            said = text or voice.origin
            if said:
                seen = texts.get(said)
                if seen is not None and seen[0] >= oldest_text:
                    if text:
                        new = False
                        copies += seen[1] != author
                    else:
                        # Who reposts joins in; what one text says, or is mistaken to say, counts once.
                        negative = False
                texts[said] = (minute, author)
            row.append((author, said))
            if new:
                fresh += 1
                negatives += negative
        self._keep(minute, row)
        count = len(row)
        if scale > 1.0:
            return FreshCounts(
                round(fresh * scale), round(negatives * scale), round(copies * scale), round(count * scale)
            )
        return FreshCounts(fresh, negatives, copies, count)

    def _keep(self, minute: int, row: list[tuple[int, int]]) -> None:
        self.rows[minute] = row
        self.held += len(row)
        oldest = minute - self.text_minutes
        while (first := next(iter(self.rows))) < oldest or (self.held > self.most and first != minute):
            self._forget(first)

    def _forget(self, minute: int) -> None:
        row = self.rows.pop(minute)
        self.held -= len(row)
        for author, text in row:
            if self.authors.get(author) == minute:
                del self.authors[author]
            if text and self.texts.get(text, (None,))[0] == minute:
                del self.texts[text]

    def row(self, minute: int) -> list[list[int]]:
        """Return a minute's voices as plain lists of author and text, to be kept and given back to `refill`."""
        return [[author, text] for author, text in self.rows.get(minute, ())]

    def refill(self, minute: int, row: Sequence[Sequence[int]]) -> None:
        """Remember a minute's voices again, minutes in their order."""
        for author, text in row:
            self.authors[author] = minute
            if text:
                self.texts[text] = (minute, author)
        self._keep(minute, [(author, text) for author, text in row])
