"""Aliases: the names under which mentions are joined to one brand, compared case-folded and normalised (NFC)."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from streams.settings.brands.brand import BrandConfig

MOST_REMEMBERED = 10_000


def folded_name(name: str) -> str:
    """Return a name in its compared form.

    Examples
    --------
    >>> folded_name("Le  Fournil ") == folded_name("le fournil")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", " ".join(name.split())).casefold())


class BrandNames:
    """The brands by their names: a configured brand for each of its aliases, any other name in NFC.

    Parameters
    ----------
    brands
        Configuration by brand.

    Attributes
    ----------
    ambiguous
        Aliases that several brands have: they join none.

    Examples
    --------
    >>> names = BrandNames({"Le Fournil": BrandConfig(names=("fournil de lise",))})
    >>> names.brand("LE FOURNIL"), names.brand("Fournil de Lise"), names.brand("Acme")
    ('Le Fournil', 'Le Fournil', 'Acme')
    """

    def __init__(self, brands: Mapping[str, BrandConfig]) -> None:
        claimed: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for brand, config in brands.items():
            for name in (brand, *config.names):
                claimed[folded_name(name)][brand] = None
        own: dict[str, str] = {}
        for brand in brands:
            own.setdefault(folded_name(brand), brand)
        single = {name: next(iter(owners)) for name, owners in claimed.items() if len(owners) == 1}
        self.ambiguous = {name: tuple(owners) for name, owners in claimed.items() if len(owners) > 1}
        self._folded = single | own
        self._exact = {brand: brand for brand in brands}
        self._remembered: dict[str, str] = {}

    def brand(self, name: str) -> str:
        """Return the brand that a mention under this name is joined to."""
        found = self._exact.get(name) or self._remembered.get(name)
        if found is None:
            found = self._folded.get(folded_name(name)) or unicodedata.normalize("NFC", name)
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[name] = found
        return found
