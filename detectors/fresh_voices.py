"""Fresh voices: authors who have not spoken for hours, with a text not seen for a day."""

from collections.abc import Iterable
from typing import NamedTuple

from detectors.copied_texts import CopiedTexts, SetRow, Text, Verdict
from detectors.minutes import DAY_MINUTES, HOUR_MINUTES, NEVER
from detectors.observation import Voice

__all__ = [
    "COPIES",
    "FRESH",
    "HIDDEN",
    "HIDDEN_NEGATIVE",
    "NEGATIVE",
    "PARTIAL",
    "VOICES",
    "FreshCounts",
    "FreshVoices",
]


class FreshCounts(NamedTuple):
    """Counts of one minute's voices.

    Parameters
    ----------
    fresh, negatives
        Fresh voices, and the negative ones among them.
    copies
        Voices that copy another author's text.
    voices
        All of them, without cross-posts.
    partial
        Voices whose text shares words with another author's.
    hidden, hidden_negatives
        Fresh ones among them, and negative ones, that do not count as such while they may be copies.
    """

    fresh: int
    negatives: int
    copies: int
    voices: int
    partial: int = 0
    hidden: int = 0
    hidden_negatives: int = 0


# Fields of `FreshCounts` by their place in a minute's row of counts.
FRESH, NEGATIVE, COPIES, VOICES, PARTIAL, HIDDEN, HIDDEN_NEGATIVE = range(7)

# A member of an enumeration is ten times slower to access than a global, and these are for every voice.
_NEW, _COPY, _PARTIAL, _SHARE, _CROSS_POST = Text.NEW, Text.COPY, Text.PARTIAL, Text.SHARE, Text.CROSS_POST


VoiceRow = tuple[list[int], list[bytes], list[SetRow | None]]
"""The voices of a minute: author ids, beside them the fingerprints of their texts or what they repost, and their sets.

Bytes, and whole numbers where there can be: nothing that the garbage collector walks through for a day."""


class FreshVoices:
    """Count fresh voices apart from repeated ones and copies.

    A voice is fresh unless its author spoke in the last `author_minutes` or its text, or a near-copy of it, was seen in
    the last `text_minutes`. A copy is a text of another author on the same network: one author who posts all day counts
    once in six hours, a text that a thousand accounts paste once a day. A text that is on a network for the first time
    and was on another one before is the same author's cross-post, and the copy of a text that passes on a link or
    another's post is a share: neither is a voice of its own, and neither is a campaign. Each repost is a fresh voice,
    but only the first of a publication may be a negative one: a thousand reposts are one opinion, which the reach
    criterion judges.

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
    >>> from detectors.observation import NETWORK_BITS, Voice
    >>> f = FreshVoices()
    >>> one, two, elsewhere = 1 << NETWORK_BITS, 2 << NETWORK_BITS, (1 << NETWORK_BITS) + 1
    >>> f.count(0, [Voice(author, b"text", 0, True, 0) for author in (one, elsewhere, two)], 1.0)
    FreshCounts(fresh=1, negatives=1, copies=1, voices=2, partial=0, hidden=0, hidden_negatives=0)
    >>> f.count(5, [Voice(one, b"more", 0, True, 0)], 1.0)
    FreshCounts(fresh=0, negatives=0, copies=0, voices=1, partial=0, hidden=0, hidden_negatives=0)
    """

    __slots__ = ("author_minutes", "authors", "most", "origins", "rows", "stored", "text_minutes", "texts")

    def __init__(
        self, author_minutes: int = 6 * HOUR_MINUTES, text_minutes: int = DAY_MINUTES, most: int = 32_768
    ) -> None:
        self.author_minutes = author_minutes
        self.text_minutes = text_minutes
        self.most = most
        self.authors: dict[int, int] = {}
        self.texts = CopiedTexts()
        self.origins: dict[int, int] = {}
        self.rows: dict[int, VoiceRow] = {}
        self.stored = 0

    def count(
        self, minute: int, voices: Iterable[Voice], scale: float, *, partial: Verdict = Verdict.UNDECIDED
    ) -> FreshCounts:
        """Count one minute's voices and remember them beside those counted in it before.

        Parameters
        ----------
        minute, voices, scale
            As in an `Observation`; counts are scaled up to all authors where voices are a sample.
        partial
            What partial copies are taken for.
        """
        oldest_text, oldest_author = minute - self.text_minutes, minute - self.author_minutes
        fresh = negatives = copies = count = partials = hidden = hidden_negatives = 0
        # Rounded down: what is withdrawn is never more than was counted.
        weight = int(scale)
        row: VoiceRow = ([], [], [])
        author_ids, texts, sets = row
        known, place = self.authors, self.texts.place
        for voice in voices:
            author, negative = voice.author, voice.negative
            new = known.get(author, NEVER) < oldest_author
            known[author] = minute
            author_ids.append(author)
            if voice.fingerprint:
                text, copied = place(minute, voice, weight * new, oldest=oldest_text, partial=partial)
                texts.append(voice.fingerprint)
                sets.append(copied)
                if text is _PARTIAL:
                    partials += 1
                    if partial is not Verdict.OWN:
                        hidden += new
                        hidden_negatives += new and negative
                        new = False
                elif text is not _NEW:
                    if text is _CROSS_POST:
                        continue
                    new = new and text is _SHARE
                    negative = False
                    copies += text is _COPY
            else:
                texts.append(voice.origin.to_bytes(8, "big") if voice.origin else b"")
                sets.append(None)
                if voice.origin:
                    # A repost joins in; the negativity of one text, right or mistaken, counts once.
                    negative = negative and self.origins.get(voice.origin, NEVER) < oldest_text
                    self.origins[voice.origin] = minute
            count += 1
            if new:
                fresh += 1
                negatives += negative
        self._store(minute, row)
        counts = FreshCounts(fresh, negatives, copies, count, partials, hidden, hidden_negatives)
        return FreshCounts(*[round(number * scale) for number in counts]) if scale > 1.0 else counts

    def drain_withdrawn(self) -> list[tuple[int, FreshCounts]]:
        """Return the voices withdrawn since the last call: the minute of each, and what changes in its counts."""
        withdrawn = self.texts.withdrawn
        if not withdrawn:
            return []
        changes = [(w.minute, FreshCounts(-w.fresh, -w.negatives, w.fresh, 0)) for w in withdrawn]
        withdrawn.clear()
        return changes

    def _store(self, minute: int, row: VoiceRow) -> None:
        before = self.rows.get(minute)
        self.rows[minute] = row if before is None else (before[0] + row[0], before[1] + row[1], before[2] + row[2])
        self.stored += len(row[0])
        oldest = minute - self.text_minutes
        while (first := next(iter(self.rows))) < oldest or (self.stored > self.most and first != minute):
            self._forget(first)

    def _forget(self, minute: int) -> None:
        row = self.rows.pop(minute)
        self.stored -= len(row[0])
        authors, forget = self.authors, self.texts.forget
        for author, text, copied in zip(*row, strict=True):
            if authors.get(author) == minute:
                del authors[author]
            if copied is not None:
                forget(minute, author, text)
            elif text and self.origins.get(origin := int.from_bytes(text, "big")) == minute:
                del self.origins[origin]

    def row(self, minute: int) -> VoiceRow:
        """Return the voices of a minute, for a store and `restore_row`."""
        return self.rows.get(minute, ([], [], []))

    def restore_row(self, minute: int, author_ids: list[int], texts: list[bytes], sets: list[SetRow | None]) -> None:
        """Restore what `row` returned, minutes in their order."""
        row = author_ids, texts, sets
        for author, text, copied in zip(*row, strict=True):
            self.authors[author] = minute
            if copied is not None:
                self.texts.restore(minute, author, text, copied, oldest=minute - self.text_minutes)
            elif text:
                self.origins[int.from_bytes(text, "big")] = minute
        self._store(minute, row)
