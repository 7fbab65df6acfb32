"""Text normalization: hashes, and the terms (words, hashtags, links, codes)."""

import re
import string
import unicodedata

import xxhash

MAX_TERMS = 16
MAX_TERM_LENGTH = 40

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")


def _token(word: str) -> re.Pattern[str]:
    return re.compile(
        r"https?://(?P<link>[^\s/?#]+(?:/[^\s?#]*)?)"
        r"|@\w+"
        r"|(?P<hashtag>#\w{2,})"
        r"|(?P<code>\b(?=[A-Z0-9]*\d)[A-Z0-9]{4,20}\b)"
        rf"|(?P<word>{word})"
    )


# Vowel signs of the Indian scripts and of Thai belong to a word, but \w does not match them.
_MARKED = "[\u0900-\u0dff\u0e00-\u0e7f]"
_HOLDS_MARKED = re.compile(_MARKED)
_TOKEN_MARKED = _token(rf"(?:[^\W\d_]|{_MARKED}){{4,}}")
_TOKEN = _token(r"[^\W\d_]{4,}")  # the same for texts without them, in two thirds of the time
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS = string.punctuation + string.whitespace + "…"
_SHORTENED = ("t.co/", "bit.ly/", "youtu.be/", "goo.gl/", "tinyurl.com/", "ow.ly/")


def hash64(text: str) -> int:
    """Hash a text to 64 bits, the same on every machine (XXH3).

    Examples
    --------
    >>> hash64("badbuzz") == hash64("badbuzz") != hash64("Badbuzz")
    True
    """
    return xxhash.xxh3_64_intdigest(text.encode())


def post_key(network: str, mention_id: str) -> int:
    """Hash a publication: the key that joins a repost to its original."""
    return hash64(f"{network}\0{mention_id}")


def normalize(text: str) -> str:
    r"""Normalize a text to NFKC, and remove invisible characters.

    Examples
    --------
    >>> normalize("Ｆree\u200bTV")
    'FreeTV'
    """
    if text.isascii():
        return text
    if not text.isprintable():  # invisible characters are not printable, so most texts need no search
        text = _INVISIBLE.sub("", text)
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def extract_terms(text: str) -> tuple[str, ...]:
    """Extract the distinct terms of a text, in order: words, `#hashtags`, links without their scheme, code-like tokens.

    Returns
    -------
    tuple of str
        At most `MAX_TERMS`, each at most `MAX_TERM_LENGTH` characters.

    Examples
    --------
    >>> extract_terms("-50% partout avec 29343 ou CODE50 #3Suisses http://forum.example/t/1?x=2 en 2012")
    ('partout', 'avec', '29343', 'CODE50', '#3suisses', 'forum.example/t/1')
    """
    terms: dict[str, None] = {}
    text = normalize(text)
    token = _TOKEN_MARKED if _HOLDS_MARKED.search(text) else _TOKEN
    for match in token.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        term = match.group(kind)
        if kind == "code":
            if _YEAR.fullmatch(term):
                continue
        elif kind == "link":
            term = term.rstrip("/.,)…").removeprefix("www.")
            if not term.startswith(_SHORTENED):
                term = term.lower()
        else:
            term = term.lower()
        terms[term[:MAX_TERM_LENGTH]] = None
        if len(terms) == MAX_TERMS:
            break
    return tuple(terms)
