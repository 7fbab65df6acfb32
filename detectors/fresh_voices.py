"""Fresh voices: authors who have not spoken for hours, with a text not seen for a day."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from detectors.minutes import DAY_MINUTES, HOUR_MINUTES, NEVER
from detectors.observation import Voice

__all__ = ["COPIES", "FRESH", "NEGATIVE", "VOICES", "FreshCounts", "FreshVoices"]


class FreshCounts(NamedTuple):
    """Counts of one minute's voices.

    Parameters
    ----------
    fresh, negatives
        Fresh voices, and the negative ones among them.
    copies
        Voices that copy another author's text.
    voices
        All of them.
    """

    fresh: int
    negatives: int
    copies: int
    voices: int


# Fields of `FreshCounts` by their place in a minute's row of counts.
FRESH, NEGATIVE, COPIES, VOICES = range(4)


class _Seen(msgspec.Struct, gc=False):
    """The minute in which a text was seen last, and its author then."""

    minute: int
    author: int


class FreshVoices:
    """Count fresh voices apart from repeated ones and copies.

    A voice is fresh unless its author spoke in the last `author_minutes` or its text was seen in the last
    `text_minutes`. A copy is the same text from another author. One author who posts all day counts once in six hours,
    a text that a thousand accounts paste counts once a day. Each repost is a fresh voice, but only the first of a
    publication may be a negative one: a thousand reposts are one opinion, which the reach criterion judges.

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
    >>> f.count(0, [Voice(1, 50, 0, True, 0), Voice(2, 50, 0, True, 0), Voice(3, 0, 0, False, 0)], 1.0)
    FreshCounts(fresh=2, negatives=1, copies=1, voices=3)
    >>> f.count(5, [Voice(1, 60, 0, True, 0)], 1.0)
    FreshCounts(fresh=0, negatives=0, copies=0, voices=1)
    """

    __slots__ = ("author_minutes", "authors", "most", "rows", "stored", "text_minutes", "texts")

    def __init__(
        self, author_minutes: int = 6 * HOUR_MINUTES, text_minutes: int = DAY_MINUTES, most: int = 32_768
    ) -> None:
        self.author_minutes = author_minutes
        self.text_minutes = text_minutes
        self.most = most
        self.authors: dict[int, int] = {}
        self.texts: dict[int, _Seen] = {}
        # Of each minute, the ids of its authors and beside them those of their texts.
        self.rows: dict[int, tuple[list[int], list[int]]] = {}
        self.stored = 0

    def count(self, minute: int, voices: Iterable[Voice], scale: float) -> FreshCounts:
        """Count one minute's voices and remember them beside those counted in it before.

        Counts are scaled up to all authors where voices are a sample.
        """
        authors, texts = self.authors, self.texts
        oldest_author = minute - self.author_minutes
        oldest_text = minute - self.text_minutes
        fresh = negatives = copies = 0
        author_ids: list[int] = []
        text_ids: list[int] = []
        for voice in voices:
            author, text, negative = voice.author, voice.text, voice.negative
            new = authors.get(author, NEVER) < oldest_author
            authors[author] = minute
            text_id = text or voice.origin
            if text_id:
                seen = texts.get(text_id)
                if seen is not None and seen.minute >= oldest_text:
                    if text:
                        new = False
                        copies += seen.author != author
                    else:
                        # A repost joins in; the negativity of one text, right or mistaken, counts once.
                        negative = False
                texts[text_id] = _Seen(minute, author)
            author_ids.append(author)
            text_ids.append(text_id)
            if new:
                fresh += 1
                negatives += negative
        self._store(minute, author_ids, text_ids)
        count = len(author_ids)
        if scale > 1.0:
            return FreshCounts(
                round(fresh * scale), round(negatives * scale), round(copies * scale), round(count * scale)
            )
        return FreshCounts(fresh, negatives, copies, count)

    def _store(self, minute: int, author_ids: list[int], text_ids: list[int]) -> None:
        authors, texts = self.rows.get(minute, ([], []))
        self.rows[minute] = authors + author_ids, texts + text_ids
        self.stored += len(author_ids)
        oldest = minute - self.text_minutes
        while (first := next(iter(self.rows))) < oldest or (self.stored > self.most and first != minute):
            self._forget(first)

    def _forget(self, minute: int) -> None:
        author_ids, text_ids = self.rows.pop(minute)
        self.stored -= len(author_ids)
        for author, text in zip(author_ids, text_ids, strict=True):
            if self.authors.get(author) == minute:
                del self.authors[author]
            if (seen := self.texts.get(text)) is not None and seen.minute == minute:
                del self.texts[text]

    def row(self, minute: int) -> tuple[list[int], list[int]]:
        """Return the author ids of a minute and beside them the text ids, for a store and `restore_row`."""
        return self.rows.get(minute, ([], []))

    def restore_row(self, minute: int, author_ids: list[int], text_ids: list[int]) -> None:
        """Restore what `row` returned, minutes in their order."""
        for author, text in zip(author_ids, text_ids, strict=True):
            self.authors[author] = minute
            if text:
                self.texts[text] = _Seen(minute, author)
        self._store(minute, author_ids, text_ids)
