"""Rules of the filtered stream, compiled from what brands are called.

A rule is a filter of cost and never the last word: the posts it lets through are matched by the rules of the
configuration, as those of every network. One that would be too long lets more through, and never less. Operators:
https://docs.x.com/x-api/posts/filtered-stream/integrate/operators
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from streams.errors import ConfigError
from streams.settings.brands.accounts import folded_account
from streams.settings.brands.brand import BrandConfig

MAX_RULES = 1_000
MAX_LENGTH = 512
"""Characters of a rule: X takes 1,024, but its recent search, by which a gap is filled, half as many."""

Rule = tuple[str, str]
"""A brand and a rule."""

_HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_LANGUAGES = {"he": ("iw",), "id": ("in",), "zh": ("zh-CN", "zh-TW"), "nb": ("no",), "nn": ("no",)}
_A_TO_J = "am ar bg bn ca cs da de el en es et eu fa fi fr gu hi hr hu hy in it iw ja"
_K_TO_Z = "ka kn ko lt lv ml mr nl no pl pt ro ru sk sl sr sv ta th tr uk ur vi zh-CN zh-TW"
_KNOWN_LANGUAGES = frozenset(f"{_A_TO_J} {_K_TO_Z}".split())


def compile_rules(brands: Mapping[str, BrandConfig], *, reposts: bool = True) -> tuple[Rule, ...]:
    """Compile the rules of all brands.

    Parameters
    ----------
    brands
        What each brand is called, by its name.
    reposts
        Whether reposts are wanted too; each is paid for as a post.

    Raises
    ------
    ConfigError
        A phrase is too long, or there are more rules than X takes.

    Examples
    --------
    >>> orange = BrandConfig(names=("orange",), handles=("Orange_FR",), languages=("fr",), exclude=("agent orange",))
    >>> compile_rules({"Orange": orange}, reposts=False)
    (('Orange', '(@Orange_FR OR ("orange" lang:fr -"agent orange")) -is:retweet'),)
    """
    rules: dict[str, str] = {}
    for brand, config in brands.items():
        for rule in _rules(brand, config, "" if reposts else " -is:retweet"):
            rules.setdefault(rule, brand)  # X refuses a rule it has, whatever its tag
    if len(rules) > MAX_RULES:
        raise ConfigError(f"sources of type x: expected at most {MAX_RULES} rules, got {len(rules)}: name fewer brands")
    return tuple((brand, rule) for rule, brand in rules.items())


def _rules(brand: str, config: BrandConfig, suffix: str) -> Iterator[str]:
    alternatives = [*_identities(config), *_named(brand, config, MAX_LENGTH - len(suffix) - 4)]
    for chosen in _packed(brand, alternatives, MAX_LENGTH - len(suffix) - 2):
        joined = " OR ".join(chosen)
        yield f"({joined}){suffix}" if suffix else joined


def _identities(config: BrandConfig) -> Iterator[str]:
    """Yield what names the brand without doubt."""
    handles = [handle.removeprefix("@") for handle in config.handles]
    yield from (f"@{handle}" for handle in handles if _HANDLE.fullmatch(handle))
    accounts = sorted(folded_account(a)[2:] for a in config.official_accounts if a.casefold().startswith("x:"))
    for account in accounts:
        if _HANDLE.fullmatch(account) or account.isdigit():
            yield from (f"from:{account}", f"to:{account}", f"retweets_of:{account}")
    hashtags = [tag.removeprefix("#") for tag in config.hashtags]
    yield from (f"#{tag}" for tag in hashtags if re.fullmatch(r"\w+", tag) and not tag.isdigit())
    yield from (f"url:{phrase}" for phrase in _phrases(config.domains, accents_off=False))


def _named(brand: str, config: BrandConfig, room: int) -> Iterator[str]:
    """Yield groups of names with the conditions under which they count."""
    names = _phrases(config.names or (brand,))
    conditions = _conditions(config, room // 2)
    for chosen in _packed(brand, names, room - len(conditions) - 2):
        together = chosen[0] if len(chosen) == 1 else f"({' OR '.join(chosen)})"
        yield f"({together}{conditions})" if conditions else " OR ".join(chosen)


def _conditions(config: BrandConfig, room: int) -> str:
    """Return what must hold besides a name; what there is no room for is left to the matching."""
    tail = _any_of([f"lang:{code}" for code in _codes(config.languages)])
    required = _any_of(_phrases(config.require))
    if len(tail) + len(required) <= room:
        tail += required
    for phrase in _phrases((*config.never, *config.exclude)):
        if len(tail) + len(phrase) + 2 <= room:
            tail += f" -{phrase}"
    return tail


def _any_of(terms: list[str]) -> str:
    return "" if not terms else f" {terms[0]}" if len(terms) == 1 else f" ({' OR '.join(terms)})"


def _codes(languages: Iterable[str]) -> list[str]:
    """Return X's codes of languages; none where X does not know one of them, for then none may be asked for."""
    codes: dict[str, None] = {}
    for language in languages:
        primary = language.replace("_", "-").partition("-")[0].lower()
        for code in _LANGUAGES.get(primary, (primary,)):
            if code not in _KNOWN_LANGUAGES:
                return []
            codes[code] = None
    return list(codes)


def _phrases(texts: Iterable[str], *, accents_off: bool = True) -> list[str]:
    """Quote phrases; one with accents also without them, for the stream tells them apart."""
    phrases: dict[str, None] = {}
    for text in texts:
        phrase = " ".join(re.sub(r'["\\]', " ", text).split())
        for form in (phrase, _without_accents(phrase)) if accents_off else (phrase,):
            if form:
                phrases[f'"{form}"'] = None
    return list(phrases)


def _without_accents(phrase: str) -> str:
    """Take the accents off Latin letters; elsewhere a mark makes another letter."""
    bases = ((c, unicodedata.normalize("NFD", c)[0]) for c in unicodedata.normalize("NFC", phrase))
    return "".join(base if base.isascii() else c for c, base in bases)


def _packed(brand: str, terms: list[str], room: int) -> Iterator[list[str]]:
    """Yield as many terms together as there is room for."""
    chosen: list[str] = []
    length = 0
    for term in terms:
        if len(term) > room:
            raise ConfigError(
                f"brands.{brand}: expected phrases of at most {room} characters for X, got {len(term)}: "
                f"shorten {term!r}"
            )
        if chosen and length + len(term) + 4 > room:
            yield chosen
            chosen, length = [], 0
        chosen.append(term)
        length += len(term) + 4
    if chosen:
        yield chosen
