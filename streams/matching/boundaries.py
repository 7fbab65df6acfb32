"""Word boundaries: whether what was found at a place of a text stands there for itself or inside something longer."""

import re
from collections.abc import Callable
from unicodedata import category

Boundary = Callable[[str, int, int], bool]
"""Takes an unaccented text, a start and an end."""

# Thai to Tibetan, Burmese, Khmer, kana and Han: written without spaces, so every character may begin a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Hangul has spaces, but its particles follow a name directly.
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
# Handles and domains go on after a dot, a hyphen or an @: `@acme` does not stand in `@acme.example`.
_ADDRESS_GOES_ON = re.compile(r"[.@-]?\w", re.ASCII)
# What may stand before a domain: nothing of a host's name but its subdomains, and no @ as in a mail address.
_HOST_BEGINS = re.compile(r"(?:^|[^\w.@-])(?:[\w-]+\.)*\Z", re.ASCII)
_LONGEST_HOST = 253
_LONGEST_HASHTAG = 100
_IN_HASHTAG = re.compile(r"#\w+")


def is_word_character(character: str) -> bool:
    """Return whether a character is part of a word: a letter with its marks, a digit or an underscore."""
    return character.isalnum() or character == "_" or (character > "\u02ff" and category(character)[0] == "M")


def word(text: str, start: int, end: int) -> bool:
    """Return whether a name stands at word boundaries.

    In a hashtag a capital begins a word; beside a character of a script without spaces every place is a boundary.

    Examples
    --------
    >>> [word(text, text.find("acme"), text.find("acme") + 4) for text in ("acme's", "notacme", "新しいacme車")]
    [True, False, True]
    >>> word("#BoycottAcmeNow", 8, 12)
    True
    """
    return _left(text, start, end) and _right(text, start, end)


def handle(text: str, start: int, end: int) -> bool:
    """Return whether a handle with its `@` is a whole one.

    Examples
    --------
    >>> texts = ("hi @acme.", "@acmeさん", "@acme.example", "me@acme")
    >>> [handle(text, text.find("@"), text.find("@") + 5) for text in texts]
    [True, True, False, False]
    """
    return _begins(text, start) and not _ADDRESS_GOES_ON.match(text, end)


def hashtag(text: str, start: int, end: int) -> bool:
    """Return whether a hashtag with its `#` is a whole one."""
    return _begins(text, start) and not (end < len(text) and is_word_character(text[end]))


def domain(text: str, start: int, end: int) -> bool:
    """Return whether a domain, or a subdomain of it, is that of an address, and not of a mail address.

    Examples
    --------
    >>> [
    ...     domain(text, text.find("acme.fr"), text.find("acme.fr") + 7)
    ...     for text in ("https://shop.acme.fr/x", "acme.fr.", "me@mail.acme.fr", "notacme.fr", "acme.fr.example")
    ... ]
    [True, True, False, False, False]
    """
    before = text[max(0, start - _LONGEST_HOST) : start]
    return not _ADDRESS_GOES_ON.match(text, end) and bool(_HOST_BEGINS.search(before))


def _begins(text: str, start: int) -> bool:
    return start == 0 or not is_word_character(text[start - 1]) or _is_unspaced(text[start - 1])


def _left(text: str, start: int, end: int) -> bool:
    if _begins(text, start) or _is_unspaced(text[start]):
        return True
    return text[start].isupper() and not text[start - 1].isupper() and _in_hashtag(text, start, end)


def _right(text: str, start: int, end: int) -> bool:
    if end == len(text) or not is_word_character(text[end]):
        return True
    last, following = text[end - 1], text[end]
    if _is_unspaced(last) or _is_unspaced(following) or _is_hangul(last) or _is_hangul(following):
        return True
    return following.isupper() and not last.isupper() and _in_hashtag(text, start, end)


def _is_unspaced(character: str) -> bool:
    return character > "\u0dff" and bool(_UNSPACED.match(character))


def _is_hangul(character: str) -> bool:
    return character > "\u0dff" and bool(_HANGUL.match(character))


def _in_hashtag(text: str, start: int, end: int) -> bool:
    sign = text.rfind("#", max(0, start - _LONGEST_HASHTAG), start)
    return sign >= 0 and bool(_IN_HASHTAG.fullmatch(text, sign, end))
