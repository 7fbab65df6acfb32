"""Brand rules, compiled: whether a name that stands in a text counts as its brand's."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.matching.distance import words_between
from streams.matching.findings import BrandMatch, Refusal, Rule
from streams.matching.folding import FoldedText, unaccented
from streams.matching.phrases import PhraseIndex, Span
from streams.settings.brands.brand import BrandConfig

Places = Mapping[int, Sequence[Span]]
"""Where phrases stand in a text, by their number in the index of the rules."""


class Name(NamedTuple):
    """A name where it stands in a text.

    Parameters
    ----------
    phrase
        As configured.
    place
        In the folded text.
    """

    phrase: str
    place: Span


class BrandRules:
    """The rules of one brand.

    Parameters
    ----------
    brand
        Its name in the configuration.
    config
        Its configuration.
    index
        Index of the rules' phrases, to which its own are added.

    Raises
    ------
    ConfigError
        One of its phrases has no letter or digit.
    """

    def __init__(self, brand: str, config: BrandConfig, index: PhraseIndex) -> None:
        self.brand = brand
        self._config = config
        self._languages = tuple(language.lower() for language in config.languages)
        self._never = dict(zip(index.add_all(config.never), config.never, strict=True))
        self._exclude = dict(zip(index.add_all(config.exclude), config.exclude, strict=True))
        self._require = index.add_all(config.require)
        self.has_phrases = bool(self._never or self._exclude or self._require)

    def judge(
        self, text: FoldedText, names: Sequence[Name], places: Places, language: str | None
    ) -> BrandMatch | Refusal:
        """Return whether one of the brand's names counts; if not, the last rule that refused it.

        Parameters
        ----------
        text
            The text.
        names
            The brand's names in it; at least one.
        places
            Where phrases of rules stand in it; may be empty if the brand has none.
        language
            BCP 47 tag of the text; `None`: unknown.
        """
        if self._languages and language and not self._speaks(language.lower()):
            return self._refused(names, "languages", f"the language is {language}, expected {_any(self._languages)}")
        forbidden = next((phrase for number, phrase in self._never.items() if number in places), None)
        if forbidden is not None:
            return self._refused(names, "never", f'the text has "{forbidden}"')
        if self._config.case_sensitive:
            written = [name for name in names if unaccented(name.phrase) == _written(text, name.place)]
            if not written:
                spelling = _written(text, names[0].place)
                return self._refused(names, "case_sensitive", f'written "{spelling}", expected "{names[0].phrase}"')
            names = written
        outside, within = self._outside(names, places)
        if not outside:
            return self._refused(names, "exclude", f'it is part of "{within}"')
        return self._required(text, outside, places)

    def _speaks(self, language: str) -> bool:
        return any(language == own or language.startswith(f"{own}-") for own in self._languages)

    def _outside(self, names: Sequence[Name], places: Places) -> tuple[Sequence[Name], str]:
        """Return the names that are in no excluded phrase, and the last phrase that one is in."""
        hiding = [(place, phrase) for number, phrase in self._exclude.items() for place in places.get(number, ())]
        if not hiding:
            return names, ""
        # Of overlapping phrases the one that reaches farthest decides; each is looked up by where it begins.
        hiding.sort()
        outside, phrase, reach, position = [], "", -1, 0
        for name in sorted(names, key=lambda name: name.place):
            while position < len(hiding) and hiding[position][0].start <= name.place.start:
                if hiding[position][0].end > reach:
                    reach, phrase = hiding[position][0].end, hiding[position][1]
                position += 1
            if name.place.end > reach:
                outside.append(name)
        return outside, phrase

    def _required(self, text: FoldedText, names: Sequence[Name], places: Places) -> BrandMatch | Refusal:
        counted = BrandMatch(self.brand, "name", names[0].phrase, names[0].place.start)
        if not self._require:
            return counted
        near = [place for number in self._require for place in places.get(number, ())]
        if not near:
            return self._refused(names, "require", f"the text has none of {_any(self._config.require)}")
        within = self._config.within
        if within:
            words = words_between(text.folded, [name.place for name in names], near)
            if words > within:
                return self._refused(
                    names, "require", f"the nearest of them is {words} words away, expected at most {within}"
                )
        return counted

    def _refused(self, names: Sequence[Name], rule: Rule, detail: str) -> Refusal:
        return Refusal(self.brand, names[0].phrase, names[0].place.start, rule, detail)


def _written(text: FoldedText, place: Span) -> str:
    return text.unaccented[place.start : place.end]


def _any(phrases: Sequence[str], shown: int = 8) -> str:
    return ", ".join(phrases[:shown]) + (", …" if len(phrases) > shown else "")
