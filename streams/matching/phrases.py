"""A phrase index: one Aho-Corasick automaton that finds every phrase of all brands in one pass over a text."""

from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.errors import ConfigError
from streams.matching import boundaries
from streams.matching.folding import FoldedText, fold


class Span(NamedTuple):
    """Where a phrase stands in a folded text."""

    start: int
    end: int


class PhraseIndex:
    """Phrases by number, found in a text where they stand at their boundaries.

    Its time grows with the text and with what is found, not with the number of phrases.

    Examples
    --------
    >>> index = PhraseIndex()
    >>> acme, tag = index.add("Acme", boundaries.word), index.add("#acme", boundaries.hashtag)
    >>> index.build()
    >>> index.find(fold("ACME is not acmeology")) == [(acme, Span(0, 4))]
    True
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, boundaries.Boundary], int] = {}
        self._boundaries: list[boundaries.Boundary] = []
        self._search = AhoCorasick([]).find_matches_as_indexes

    def add(self, phrase: str, boundary: boundaries.Boundary) -> int:
        """Add a phrase and return its number; the same for what is written alike.

        Raises
        ------
        ConfigError
            Nothing is left of it that could be found.
        """
        folded = fold(phrase).folded.strip()
        if not any(map(boundaries.is_word_character, folded)):
            raise ConfigError(
                f"expected a phrase with a letter or digit, got {phrase!r}: write it out, or leave it out"
            )
        number = self._numbers.setdefault((folded, boundary), len(self._numbers))
        if number == len(self._boundaries):
            self._boundaries.append(boundary)
        return number

    def add_all(self, phrases: Iterable[str]) -> tuple[int, ...]:
        """Add phrases that stand at word boundaries, and return their numbers."""
        return tuple(self.add(phrase, boundaries.word) for phrase in phrases)

    def build(self) -> None:
        """Build the automaton, once all phrases are added."""
        self._search = AhoCorasick(
            [phrase for phrase, _ in self._numbers],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
            store_patterns=False,
        ).find_matches_as_indexes

    def find(self, text: FoldedText) -> list[tuple[int, Span]]:
        """Return the number and the place of each phrase in a text."""
        form, stands = text.unaccented, self._boundaries
        return [
            (number, Span(start, end))
            for number, start, end in self._search(text.folded, overlapping=True)
            if stands[number](form, start, end)
        ]

    def finds(self, text: FoldedText) -> bool:
        """Return whether any phrase is in a text."""
        form, stands = text.unaccented, self._boundaries
        return any(stands[k](form, start, end) for k, start, end in self._search(text.folded, overlapping=True))
