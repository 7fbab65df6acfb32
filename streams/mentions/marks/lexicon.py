"""The lexicons of marks and clues: one TOML file a language, read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from streams.errors import InputError
from streams.mentions.marks.mark import Clue, Mark
from streams.mentions.marks.phrases import PhraseIndex, TextPhraseIndex, WordIndex

LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl", "pl", "ru", "hu", "id")
"""Those with a lexicon. A text is read with all of them: official texts mix languages."""


@cache
def _tables() -> list[dict[str, Any]]:
    folder = files(__package__)
    return [tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8")) for code in LANGUAGES]


@cache
def mark_index() -> PhraseIndex:
    """Return the phrases of the marks.

    Raises
    ------
    InputError
        A file names a mark there is not.

    Examples
    --------
    >>> Mark(mark_index().labels("We are looking into this.")[0][2]).name
    'HOLDING'
    """
    known = {mark.name.lower(): int(mark) for mark in Mark if mark.name}
    return PhraseIndex(_merged("marks", known))


@cache
def clue_index(lang: str = "") -> TextPhraseIndex:
    """Return the phrases of the clues in customers' texts.

    Parameters
    ----------
    lang
        Those of this language and of English; empty, or a language without a lexicon: of all.
    """
    known = {clue.name.lower(): int(clue) for clue in Clue if clue.name}
    return TextPhraseIndex(_merged("clues", known, _codes(lang)))


@cache
def thanks_index(lang: str = "") -> WordIndex:
    """Return the words of thanks.

    Parameters
    ----------
    lang
        Those of this language and of English; empty, or a language without a lexicon: of all.
    """
    return WordIndex(words("thanks", lang))


@cache
def words(name: str, lang: str = "") -> frozenset[str]:
    """Return one list of single words: `thanks`, `voids` or `greetings`; of a language and of English, or of all.

    Examples
    --------
    >>> "merci" in words("thanks"), "until" in words("voids")
    (True, True)
    """
    tables = [table for code, table in zip(LANGUAGES, _tables(), strict=True) if code in _codes(lang)]
    return frozenset(word for table in tables for word in table.get(name, ()))


def _codes(lang: str) -> tuple[str, ...]:
    return (lang, "en") if lang in LANGUAGES else LANGUAGES


def _merged(section: str, known: dict[str, int], only: tuple[str, ...] = LANGUAGES) -> dict[int, list[str]]:
    merged: dict[int, list[str]] = {}
    for code, table in zip(LANGUAGES, _tables(), strict=True):
        if code not in only:
            continue
        for name, phrases in table.get(section, {}).items():
            if name not in known:
                raise InputError(f"{code}.toml: expected one of {', '.join(known)} in `{section}`, got {name!r}")
            merged.setdefault(known[name], []).extend(phrases)
    return merged
