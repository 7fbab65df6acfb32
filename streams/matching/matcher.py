"""The brand matcher: which brands a publication is about, by identities always and by names under their rules."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from streams.matching import boundaries
from streams.matching.findings import BrandMatch, By, Findings, Refusal
from streams.matching.folding import FoldedText, fold
from streams.matching.phrases import PhraseIndex, Span
from streams.matching.rules import BrandRules, Name
from streams.settings.brands.accounts import folded_account
from streams.settings.brands.brand import BrandConfig

_BETWEEN = "\0"  # between the text and what else is searched: no phrase reaches over it


class Publication(Protocol):
    """What is read of a publication: `streams.sources.source.Post` has it."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def searched(self) -> str:
        """More text in which brands are searched."""

    @property
    def author(self) -> str | None:
        """Account of its author, as the network identifies it."""

    @property
    def addressed(self) -> tuple[str, ...]:
        """Accounts that it mentions or replies to."""

    @property
    def lang(self) -> str | None:
        """BCP 47 tag."""

    @property
    def brand(self) -> str | None:
        """Brand it is about, where its source says so."""


class _Use(NamedTuple):
    """What a phrase is to a brand."""

    by: By
    phrase: str
    rules: BrandRules


class BrandMatcher:
    """Matches publications to brands.

    One automaton holds what names brands, another the phrases of their rules; the second reads only texts in which a
    brand with such rules was named, so the time does not grow with the number of brands.

    Parameters
    ----------
    brands
        Configuration by brand; one without `names` is named by its own name.

    Raises
    ------
    ConfigError
        A phrase has no letter or digit.

    Examples
    --------
    >>> from streams.settings.config import BrandConfig
    >>> orange = BrandConfig(names=("orange",), handles=("Orange_France",), require=("box", "fibre"), within=5)
    >>> matcher = BrandMatcher({"Orange": orange})
    >>> from streams.sources.source import Post
    >>> from datetime import UTC, datetime
    >>> def post(text):
    ...     return Post(id="1", created_at=datetime(2026, 1, 1, tzinfo=UTC), text=text)
    >>> [str(match) for match in matcher.match(post("La box ORANGE est en panne"), "bluesky")]
    ['name "orange" at 7']
    >>> matcher.match(post("l'orange est un fruit"), "bluesky")
    ()
    >>> [str(match) for match in matcher.match(post("@orange_france merci"), "bluesky")]
    ['handle @Orange_France at 0']
    """

    def __init__(self, brands: Mapping[str, BrandConfig]) -> None:
        self._naming = PhraseIndex()
        self._rule_phrases = PhraseIndex()
        self._uses: defaultdict[int, list[_Use]] = defaultdict(list)
        self._accounts: defaultdict[str, list[str]] = defaultdict(list)
        self._order = {brand: number for number, brand in enumerate(brands)}
        for brand, config in brands.items():
            self._add(BrandRules(brand, config, self._rule_phrases), config)
        self._naming.build()
        self._rule_phrases.build()

    def match(self, publication: Publication, network: str) -> tuple[BrandMatch, ...]:
        """Return the brands that a publication is about.

        Parameters
        ----------
        publication
            One post.
        network
            Where it was published; an official account counts on its own network alone.
        """
        return self.explain(publication, network).matches

    def explain(self, publication: Publication, network: str) -> Findings:
        """Return the brands that a publication is about, and those that were named and refused."""
        if publication.brand:
            return Findings((BrandMatch(publication.brand, "source"),), ())
        found: dict[str, BrandMatch | Refusal] = {}
        self._by_account(publication, network, found)
        self._by_text(publication, found)
        if not found:
            return _NOTHING
        ordered = sorted(found.values(), key=lambda finding: self._order[finding.brand])
        matches = tuple(finding for finding in ordered if isinstance(finding, BrandMatch))
        return Findings(matches, tuple(finding for finding in ordered if isinstance(finding, Refusal)))

    def names_something(self, text: str) -> bool:
        """Return whether a text names any brand, before its rules: a cheap first look.

        It knows nothing of accounts: a publication by or to an official account is matched without any name.
        """
        return self._naming.finds(fold(text))

    def _add(self, rules: BrandRules, config: BrandConfig) -> None:
        for name in config.names or (rules.brand,):
            self._use(name, boundaries.word, _Use("name", name, rules))
        for own in config.handles:
            handle = f"@{own.lstrip('@')}"
            self._use(handle, boundaries.handle, _Use("handle", handle, rules))
        for own in config.hashtags:
            tag = f"#{own.lstrip('#')}"
            self._use(tag, boundaries.hashtag, _Use("hashtag", tag, rules))
        for own in config.domains:
            domain = own.partition("://")[2] or own
            self._use(domain.removeprefix("www.").rstrip("/"), boundaries.domain, _Use("domain", own, rules))
        for account in config.official_accounts:
            self._accounts[folded_account(account)].append(rules.brand)

    def _use(self, phrase: str, boundary: boundaries.Boundary, use: _Use) -> None:
        self._uses[self._naming.add(phrase, boundary)].append(use)

    def _by_account(self, publication: Publication, network: str, found: dict[str, BrandMatch | Refusal]) -> None:
        accounts: list[tuple[By, str]] = [("addressed", account) for account in publication.addressed]
        if publication.author:
            accounts.insert(0, ("account", publication.author))
        for by, account in accounts:
            for brand in self._accounts.get(folded_account(f"{network}:{account}"), ()):
                found.setdefault(brand, BrandMatch(brand, by, account))

    def _by_text(self, publication: Publication, found: dict[str, BrandMatch | Refusal]) -> None:
        searched = publication.searched
        text = fold(f"{publication.text}{_BETWEEN}{searched}" if searched else publication.text)
        named: dict[BrandRules, list[Name]] = {}
        for number, place in self._naming.find(text):
            for use in self._uses[number]:
                if use.by == "name":
                    named.setdefault(use.rules, []).append(Name(use.phrase, place))
                else:
                    found.setdefault(use.rules.brand, BrandMatch(use.rules.brand, use.by, use.phrase, place.start))
        if named:
            self._by_name(text, named, publication.lang, found)

    def _by_name(
        self,
        text: FoldedText,
        named: dict[BrandRules, list[Name]],
        language: str | None,
        found: dict[str, BrandMatch | Refusal],
    ) -> None:
        places: defaultdict[int, list[Span]] = defaultdict(list)
        if any(rules.has_phrases for rules in named):
            for number, place in self._rule_phrases.find(text):
                places[number].append(place)
        for rules, names in named.items():
            if rules.brand not in found:
                found[rules.brand] = rules.judge(text, names, places, language)


_NOTHING = Findings((), ())
