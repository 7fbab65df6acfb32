"""What a customer's text asks of the brand, or says of its answers: a question, thanks, a clue."""

from functools import cache

from streams.mentions.marks.lexicon import clue_index, words
from streams.mentions.marks.phrases import clauses

_QUESTIONS = ("?", "؟", "？")


@cache
def _stems(lang: str) -> tuple[str, ...]:
    return tuple(sorted(clue_index(lang).stems))


@cache
def _thanks() -> tuple[str, ...]:
    return words("thanks")


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


def thanks(lowered: str) -> bool:
    """Return whether a lower-case text thanks, or says that it works now.

    Examples
    --------
    >>> thanks("merci beaucoup !"), thanks("still nothing")
    (True, False)
    """
    return any(word in lowered for word in _thanks())


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
    for stem in _stems(lang):
        if stem in lowered:
            break
    else:
        return 0
    index = clue_index(lang)
    found = 0
    for clause, _ in clauses(lowered):
        found |= index.labels(clause)
    return found
