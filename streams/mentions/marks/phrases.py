"""A phrase index: finds the phrases of a lexicon in a text in time that does not grow with the lexicon."""

import re
from collections.abc import Iterable, Mapping

from streams.mentions.text import normalize

_APOSTROPHES = str.maketrans(dict.fromkeys("´`‘’ʼ′", "'"))
_MISREAD = "â€™"
"""An apostrophe in UTF-8 that was read as Windows-1252: common in exports."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)'(?=\w)")
_CLAUSE = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_ANCHOR = 3
"""Letters by which the beginning of a word is found; a phrase is found by its longest word."""

Clause = tuple[str, bool]
"""The words of a clause, one space between them and at both ends, and whether it is a question."""


def clauses(text: str) -> list[Clause]:
    """Cut a text into clauses of plain lower-case words, elided French articles and pronouns left out.

    Examples
    --------
    >>> clauses("We’re on it! Better now?")
    [(" we're on it ", False), (' better now ', True)]
    """
    lowered = normalize(text).lower()
    if not lowered.isascii():
        lowered = lowered.replace(_MISREAD, "'").translate(_APOSTROPHES)
    if "'" in lowered:
        lowered = _ELISION.sub("", lowered)
    found = ((" ".join(_WORD.findall(part)), "?" in part) for part in _CLAUSE.findall(lowered))
    return [(f" {words} ", question) for words, question in found if words]


class PhraseIndex:
    """Phrases by label, found by the first letters of their longest word.

    A phrase is words with one space between them. `a|b` is either word, `refund*` a word that begins so, `...` at most
    three words of any kind.

    Parameters
    ----------
    lexicon
        Phrases by label.

    Examples
    --------
    >>> index = PhraseIndex({1: ["we are|were ... looking into"], 2: ["refund*"]})
    >>> index.labels(" we are now looking into refunds ")
    3
    """

    def __init__(self, lexicon: Mapping[int, Iterable[str]]) -> None:
        # The same phrases as they stand in a text, by the beginning of the word that anchors them.
        self.in_texts: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        # By the word that anchors a phrase; by its first letters where it is the beginning of a word.
        self._by_word: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        self._by_stem: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        for label, phrases in lexicon.items():
            for phrase in phrases:
                self._add(label, _ELISION.sub("", phrase))

    def labels(self, words: str) -> int:
        """Return the labels, as bits, of the phrases in a clause."""
        found = 0
        by_word, by_stem = self._by_word, self._by_stem
        for word in words.split():
            for candidates in (by_word.get(word), by_stem.get(word[:_ANCHOR])):
                for label, pattern in candidates or ():
                    if label & ~found and pattern.search(words):
                        found |= label
        return found

    def _add(self, label: int, phrase: str) -> None:
        items = [item for item in phrase.split() if item != "..."]
        shortest = [min(item.split("|"), key=len) for item in items]
        longest = items[max(range(len(items)), key=lambda n: (len(shortest[n]), n))]
        pattern, in_text = re.compile(_expression(phrase)), re.compile(_expression_in_text(phrase))
        for word in longest.split("|"):
            stem = word.rstrip("*")
            self.in_texts.setdefault(stem, []).append((label, in_text))
            if stem == word:
                self._by_word.setdefault(word, []).append((label, pattern))
            else:
                self._by_stem.setdefault(stem[:_ANCHOR], []).append((label, pattern))


def _expression(phrase: str) -> str:
    parts = []
    for item in phrase.split():
        if item == "...":
            parts.append(r"(?:\S+ ){0,3}?")
        else:
            words = [re.escape(word.rstrip("*")) + (r"\S*" if word.endswith("*") else "") for word in item.split("|")]
            parts.append(f"(?:{'|'.join(words)}) ")
    return " " + "".join(parts)


def _expression_in_text(phrase: str) -> str:
    r"""Return the expression of a phrase in a lower-case text, within a clause.

    Examples
    --------
    >>> bool(re.search(_expression_in_text("my ... post* deleted"), "where's my last post? deleted"))
    False
    >>> bool(re.search(_expression_in_text("my ... post* deleted"), "my last posts, deleted!"))
    True
    """
    between = r"[^\w.!?;\n]+"
    parts = []
    for item in phrase.split():
        if item == "...":
            parts.append(rf"(?:[^\s.!?;]+{between}){{0,3}}?")
        else:
            words = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in item.split("|")]
            parts.append(f"(?:{'|'.join(words)}){between}")
    return r"(?<!\w)" + "".join(parts).removesuffix(between) + r"(?!\w)"
