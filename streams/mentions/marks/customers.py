"""What a customer's text asks of the brand, or says of its answers: a question, thanks, a clue."""

from streams.mentions.marks.lexicon import clue_index, thanks_index

_QUESTIONS = ("?", "؟", "？")


def asks(text: str) -> bool:
    """Return whether a text ends as a question.

    Examples
    --------
    >>> asks("where is my parcel? @acme http://a.example"), asks("no idea")
    (True, False)
    """
    for mark in _QUESTIONS[:1] if text.isascii() else _QUESTIONS:
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
    return thanks_index(lang).finds(lowered)


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
    return clue_index(lang).labels(lowered)
