"""Warnings of brand rules: names that are ambiguous without a rule, and rules that can never do anything."""

from collections.abc import Iterator, Mapping

from streams.matching.common_words import languages_with
from streams.matching.folding import fold
from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig

SHORTEST = 3
"""Letters below which a name is an abbreviation of many things."""
_WITHIN = BrandConfig().within


def rule_warnings(brands: Mapping[str, BrandConfig]) -> Iterator[str]:
    """Yield one line, with the remedy, for each name or rule that likely does not do what was meant.

    Parameters
    ----------
    brands
        Configuration by brand.

    Raises
    ------
    ConfigError
        A phrase has no letter or digit.

    Examples
    --------
    >>> list(rule_warnings({"Orange": BrandConfig(names=("orange",), require=("box",)), "Acme": BrandConfig()}))
    []
    >>> print(*rule_warnings({"Orange": BrandConfig()}))
    brands.Orange: the name "Orange" is also a common word (en, fr, de) and counts wherever it stands: add `require`, \
`exclude` or `languages`
    """
    BrandMatcher(brands)
    for brand, config in brands.items():
        names = {name: _padded(name) for name in config.names or (brand,)}
        for warning in (*_ambiguous(names, config), *_useless(names, config)):
            yield f"brands.{brand}: {warning}"


def _padded(phrase: str) -> str:
    # With a space on either side, one phrase is in another only word by word.
    return f" {fold(phrase).folded.strip()} "


def _ambiguous(names: Mapping[str, str], config: BrandConfig) -> Iterator[str]:
    if config.require or config.exclude or config.languages:
        return
    for name, padded in names.items():
        if languages := languages_with(name):
            if not config.case_sensitive:
                yield (
                    f'the name "{name}" is also a common word ({", ".join(languages)}) and counts wherever it stands: '
                    "add `require`, `exclude` or `languages`"
                )
        elif len(padded.strip()) < SHORTEST:
            yield f'the name "{name}" is very short and counts wherever it stands: add `require` or `languages`'


def _useless(names: Mapping[str, str], config: BrandConfig) -> Iterator[str]:
    for phrase in config.exclude:
        if not any(name.strip() in fold(phrase).folded for name in names.values()):
            yield f'`exclude` has "{phrase}", which contains none of its names and so excludes nothing: try `never`'
    for key in ("exclude", "never"):
        for phrase in getattr(config, key):
            if all(_padded(phrase) in name for name in names.values()):
                yield f'`{key}` has "{phrase}", which is in each of its names, so that none ever counts: remove it'
    for phrase in config.require:
        if all(_padded(phrase) in name for name in names.values()):
            yield f'`require` has "{phrase}", which is in each of its names and so is always there: remove it'
    if config.within != _WITHIN and not config.require:
        yield f"`within` is {config.within} and does nothing without `require`: add words that must be near a name"
