"""Common words of the major languages: names that are one of them are ambiguous."""

import tomllib
from functools import cache
from importlib.resources import files

from streams.matching.folding import fold


def languages_with(name: str) -> tuple[str, ...]:
    """Return the languages, BCP 47, in which a name is a common word; its plural in `s` counts too.

    Parameters
    ----------
    name
        As configured.

    Examples
    --------
    >>> languages_with("Orange"), languages_with("Été"), languages_with("Citroën"), languages_with("Orange box")
    (('en', 'fr', 'de'), ('fr',), (), ())
    """
    word = fold(name).folded
    return tuple(language for language, words in _words().items() if word in words or word.removesuffix("s") in words)


@cache
def _words() -> dict[str, frozenset[str]]:
    text = files("streams.matching").joinpath("common_words.toml").read_text(encoding="utf-8")
    return {language: frozenset(fold(words).folded.split()) for language, words in tomllib.loads(text).items()}
