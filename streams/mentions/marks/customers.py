"""What a customer's text asks of the brand, or says of its answers: a question, thanks, a clue."""

from functools import cache
from re import Pattern

from streams.mentions.marks.lexicon import clue_index, words

_QUESTIONS = ("?", "؟", "？")


@cache
def _phrases(lang: str) -> tuple[tuple[str, list[tuple[int, Pattern[str]]]], ...]:
    return tuple(sorted(clue_index(lang).in_texts.items()))


@cache
def _thanks(lang: str) -> tuple[str, ...]:
    return words("thanks", lang)


def asks(text: str) -> bool:
    """Return whether a text ends as a question.

    Examples
    --------
    >>> asks("where is my parcel? @acme http://a.example"), asks("no idea")
    (True, False)
    """
    for mark in _QUESTIONS:
        if mark in text:
            rest = text.rpartition(mark)[2].split()
            return all(word.startswith(("@", "#", "http")) for word in rest)
    return False


def thanks(lowered: str, lang: str = "") -> bool:
    """Return whether a lower-case text thanks, or says that it works now.

    Parameters
    ----------
    lowered
        The text.
    lang
        Its language, two letters; empty: unknown.

    Examples
    --------
    >>> thanks("merci beaucoup !"), thanks("still nothing")
    (True, False)
    """
    for word in _thanks(lang):  # noqa: SIM110  `any` over a generator takes three times as long
        if word in lowered:
            return True
    return False


def clues(lowered: str, lang: str = "") -> int:
    """Return the clues of a lower-case text, as bits of `Clue`.

    Parameters
    ----------
    lowered
        The text.
    lang
        Its language, two letters; empty: unknown.

    Examples
    --------
    >>> clues("they deleted my comment!"), clues("nobody ever called me back", "en"), clues("fine")
    (1, 2, 0)
    """
    found = 0
    for stem, phrases in _phrases(lang):
        if stem in lowered:
            text = lowered if lowered.isascii() else lowered.replace("’", "'")
            for label, pattern in phrases:
                if pattern.search(text):
                    found |= label
    return found
