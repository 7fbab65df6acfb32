"""Phrase indexes: find the phrases of a lexicon in a text in time that does not grow with the lexicon.

One Aho-Corasick automaton passes over a text and finds the words that anchor phrases; most texts hold none, and in the
others only the phrases of the anchors found are tried.

References
----------
Aho, Corasick (1975), Efficient string matching, doi:10.1145/360825.360855.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from ahocorasick_rs import AhoCorasick, Implementation

from streams.mentions.stop_words import STOP_WORDS
from streams.mentions.text import normalize

_APOSTROPHES = "’´`‘ʼ′"
_MISREAD = "â€™"
"""An apostrophe in UTF-8 that was read as Windows-1252: common in exports."""
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)'(?=\w)")
_ELIDED = re.compile(r"'(?:(?<=\b[cdjlmnst]')|(?<=\bqu'))(?=\w)")
"""Whether there is anything to leave out; begins with a letter, and so is found ten times as fast."""
_CLAUSE = re.compile(r"[^.!?;\n]+[.!?;\n]*")

_SHORT = frozenset(("you", "are", "to", "us", "we", "me", "it", "on", "in", "en", "is", "de", "pas"))
"""Function words too short for `STOP_WORDS`, that no phrase should be found by."""
Phrase = tuple[int, re.Pattern[str]]
"""A label, and the expression of a phrase."""
Lexicon = Mapping[int, Iterable[str]]
"""Phrases by label.

A phrase is words with one space between them. `a|b` is either word, `refund*` a word that begins so, `...` at most
three words of any kind.
"""
Anchors = list[tuple[int, int, int]]
"""Number of an anchor, and where it begins and ends."""


def plain(text: str) -> str:
    """Return a text in lower case, every apostrophe one, elided French articles and pronouns left out.

    Examples
    --------
    >>> plain("L’achat n'est pas annulé")
    'achat est pas annulé'
    """
    lowered = normalize(text).lower()
    if not lowered.isascii():
        lowered = lowered.replace(_MISREAD, "'")
        for apostrophe in _APOSTROPHES:  # six searches take a fifth of the time of one translation
            lowered = lowered.replace(apostrophe, "'")
    return _ELISION.sub("", lowered) if _ELIDED.search(lowered) else lowered


class PhraseIndex:
    """Phrases by label, looked for in the clauses of a text.

    Examples
    --------
    >>> index = PhraseIndex({1: ["we are|were ... looking into"], 2: ["refund*"]})
    >>> index.labels("Sorry! We are now looking into refunds?")
    [(' we are now looking into refunds ', True, 3)]
    """

    def __init__(self, lexicon: Lexicon) -> None:
        phrases = _by_anchor(lexicon, _expression)
        self._phrases = list(phrases.values())
        self._anchors_in = _search(phrases)

    def __len__(self) -> int:
        """Return how many anchors there are."""
        return len(self._phrases)

    def labels(self, text: str) -> list[tuple[str, bool, int]]:
        """Return the clauses in which phrases are: the words, whether it is a question, and the labels as bits."""
        form = plain(text)
        anchors = self._anchors_in(form)
        if not anchors:
            return []
        found = []
        anchors.reverse()  # the automaton gives them by their ends, and so clause by clause
        for clause in _CLAUSE.finditer(form):
            end = clause.end()
            candidates: list[Phrase] = []
            while anchors and anchors[-1][1] < end:
                number, start, _ = anchors.pop()
                if not (start and form[start - 1].isalnum()):
                    candidates += self._phrases[number]
            if candidates:
                part = clause.group()
                words = f" {' '.join(WORD.findall(part))} "
                labels = _labels(candidates, words)
                if labels:
                    found.append((words, "?" in part, labels))
        return found


class TextPhraseIndex:
    """Phrases by label, looked for in a text as it stands, each within a clause.

    Examples
    --------
    >>> index = TextPhraseIndex({1: ["my ... post* deleted"], 2: ["censored"]})
    >>> index.labels("my last posts, deleted!"), index.labels("where's my last post? deleted")
    (1, 0)
    """

    def __init__(self, lexicon: Lexicon) -> None:
        phrases = _by_anchor(lexicon, _expression_in_text)
        self._phrases = list(phrases.values())
        self._anchors_in = _search(phrases)

    def __len__(self) -> int:
        """Return how many anchors there are."""
        return len(self._phrases)

    def labels(self, lowered: str) -> int:
        """Return the labels, as bits, of the phrases in a lower-case text."""
        anchors = self._anchors_in(lowered)
        if not anchors:
            return 0
        text = lowered if lowered.isascii() else lowered.replace("’", "'")
        candidates: list[Phrase] = []
        for number, start, _ in anchors:
            if not (start and lowered[start - 1].isalnum()):
                candidates += self._phrases[number]
        return _labels(candidates, text)


class WordIndex:
    """Pieces of text, any of which may be in another.

    Examples
    --------
    >>> index = WordIndex(("merci", "thank"))
    >>> index.finds("merci beaucoup"), index.finds("still nothing")
    (True, False)
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words_in = _search(words)

    def finds(self, text: str) -> bool:
        """Return whether any of them is in a text."""
        return bool(self._words_in(text))


def _search(words: Iterable[str]) -> Callable[[str], Anchors]:
    automaton = AhoCorasick(words, implementation=Implementation.DFA, store_patterns=False)
    return partial(automaton.find_matches_as_indexes, overlapping=True)


def _labels(phrases: list[Phrase], text: str) -> int:
    found = 0
    for label, pattern in phrases:
        if label & ~found and pattern.search(text):
            found |= label
    return found


def _by_anchor(lexicon: Lexicon, expression: Callable[[str], str]) -> dict[str, list[Phrase]]:
    """Return the phrases by the words that anchor them: the alternatives of the item that is rarest in other texts."""
    phrases: dict[str, list[Phrase]] = {}
    for label, texts in lexicon.items():
        for text in texts:
            phrase = _ELISION.sub("", text)
            items = [item for item in phrase.split() if item != "..."]
            pattern = re.compile(expression(phrase))
            for word in max(reversed(items), key=_rarity).split("|"):
                phrases.setdefault(word.rstrip("*"), []).append((label, pattern))
    return phrases


def _rarity(item: str) -> tuple[bool, int, int]:
    every = item.split("|")
    shortest = min(map(len, every))
    return shortest > 3 and STOP_WORDS.isdisjoint(every), shortest * _SHORT.isdisjoint(every), -len(every)


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
