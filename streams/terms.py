"""What is being said: words, hashtags, links and code-like tokens; and a text as it is compared for copies."""

import re
import unicodedata

import xxhash

MAX_TERMS = 16
MAX_TERM_LENGTH = 40
COMPARED_FROM = 25
"""Normalised texts shorter than this many characters are said by many without copying."""

_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])
_NOISE = re.compile(r"https?://\S+|@\w+|[\W_]+")
_TOKEN = re.compile(
    r"https?://(?P<link>[^\s/?#]+(?:/[^\s?#]*)?)"
    r"|@\w+"
    r"|(?P<hashtag>#\w{2,})"
    r"|(?P<code>\b(?=[A-Z0-9]*\d)[A-Z0-9]{4,20}\b)"
    r"|(?P<word>[^\W\d_]{4,})"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SHORTENED = ("t.co/", "bit.ly/", "youtu.be/", "goo.gl/", "tinyurl.com/", "ow.ly/")


def hash64(text: str) -> int:
    """Hash a text to 64 bits, the same on every machine (XXH3).

    Examples
    --------
    >>> hash64("badbuzz") == hash64("badbuzz") != hash64("Badbuzz")
    True
    """
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


def visible(text: str) -> str:
    """Give a text without invisible characters and with look-alike forms made one.

    Examples
    --------
    >>> visible("Ｆree\u200bTV")
    'FreeTV'
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def compared(text: str) -> str:
    """Give a text as it is compared for copies: no handles, links, case or punctuation.

    Examples
    --------
    >>> compared("@Acme  NEVER again!! http://t.co/x")
    'never again'
    """
    return " ".join(_NOISE.sub(" ", visible(text).lower()).split())


def text_hash(text: str) -> int:
    """Hash a text as it is compared for copies; 0 where it is too short to be one.

    Examples
    --------
    >>> text_hash("so bad") == 0
    True
    >>> text_hash("Never buying from them again") == text_hash("@acme never buying from THEM again!!")
    True
    """
    norm = compared(text)
    return hash64(norm) or 1 if len(norm) >= COMPARED_FROM else 0


def extract_terms(text: str) -> tuple[str, ...]:
    """Give the distinct terms of a text, in order: words, `#hashtags`, links without their scheme, code-like tokens.

    Returns
    -------
    tuple of str
        At most `MAX_TERMS`, each at most `MAX_TERM_LENGTH` characters.

    Examples
    --------
    >>> extract_terms("-50% partout avec 29343 ou CODE50 #3Suisses http://forum.example/t/1?x=2 en 2012")
    ('partout', 'avec', '29343', 'CODE50', '#3suisses', 'forum.example/t/1')
    """
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(visible(text)):
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
        found[term[:MAX_TERM_LENGTH]] = None
        if len(found) == MAX_TERMS:
            break
    return tuple(found)
