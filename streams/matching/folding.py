"""Text folding: the form in which names are compared, without case, accents, invisible characters or full widths.

The folded and the unaccented form of a text have the same length, so that a place found in one is read in the other:
there stand the capitals that case-sensitive names and hashtags need.
"""

import re
import unicodedata
from typing import NamedTuple

# Invisible characters, accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; not the marks of kana and of
# Indian scripts, which make another letter.
_DROPPED = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
)
# What people write for the same sign, and letters that Unicode does not decompose.
_WRITTEN_ALIKE = (
    dict.fromkeys("\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"}
    | {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H"}
)
_LONE_SURROGATES = ("\ud800", "\udfff")
_CHANGED = re.compile(f"[{_DROPPED}{''.join(_WRITTEN_ALIKE)}{'-'.join(_LONE_SURROGATES)}]")
# Where NFKD took apart syllables of Hangul or voiced kana: half of one would be found as another.
_TAKEN_APART = re.compile("[\u1100-\u11ff\u3099\u309a]")


class FoldedText(NamedTuple):
    """A text in two forms of the same length.

    Parameters
    ----------
    unaccented
        With its capitals.
    folded
        In lower case.
    """

    unaccented: str
    folded: str


def unaccented(text: str) -> str:
    """Return a text in its compared form but for its capitals.

    Examples
    --------
    >>> unaccented("Ｃitroën’s\u00a0C3 ™, ac\u200bme")
    "Citroen's C3 , acme"
    """
    if not text.isascii():
        # NFKD would spell the first two out as letters, `Acme™` as `AcmeTM`, and the third as a space.
        text = text.replace("\u2122", "").replace("\u2120", "").replace("\u00b4", "'")
        text = _CHANGED.sub(_alike, unicodedata.normalize("NFKD", text))
        if _TAKEN_APART.search(text):
            text = unicodedata.normalize("NFC", text)
    if "  " in text or "\n" in text or "\t" in text:
        text = " ".join(text.split())
    return text


def fold(text: str) -> FoldedText:
    """Fold a text.

    Examples
    --------
    >>> fold("Les 3 SUISSES, Straße, トヨタ").folded
    'les 3 suisses, strasse, トヨタ'
    """
    form = unaccented(text)
    return FoldedText(form, form.casefold())


def _alike(match: re.Match[str]) -> str:
    character = match[0]
    if _LONE_SURROGATES[0] <= character <= _LONE_SURROGATES[1]:
        return "\ufffd"
    return _WRITTEN_ALIKE.get(character, "")
