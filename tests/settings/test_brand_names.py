"""A brand is known under any of its names, in any case and any form of Unicode; no other brand is renamed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from streams.settings.brands.accounts import Accounts
from streams.settings.brands.brand import BrandConfig
from streams.settings.brands.brand_names import BrandNames

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(NAMES)
def test_every_case_and_form_of_an_alias_is_joined_to_its_brand(alias: str) -> None:
    names = BrandNames({"Le Fournil de Lise": BrandConfig(names=(alias,))})
    for written in (alias, alias.casefold(), f" {alias}", unicodedata.normalize("NFD", alias)):
        assert names.brand(written) == "Le Fournil de Lise"


@given(NAMES)
def test_a_brand_that_is_not_configured_keeps_its_name_in_one_form(name: str) -> None:
    names = BrandNames({})
    composed = unicodedata.normalize("NFC", name)
    assert names.brand(name) == names.brand(composed) == names.brand(unicodedata.normalize("NFD", name)) == composed


def test_a_name_of_two_brands_joins_neither_unless_it_is_the_brands_own() -> None:
    brands = {
        "Orange": BrandConfig(names=("livebox",)),
        "Sosh": BrandConfig(names=("LiveBox", "orange")),
    }
    names = BrandNames(brands)
    assert names.brand("livebox") == "livebox"
    assert names.brand("ORANGE") == "Orange"
    assert set(names.ambiguous) == {"livebox", "orange"}


def test_an_account_is_the_same_without_case_and_at_sign_on_its_own_network_alone() -> None:
    accounts = Accounts(["mastodon:@Acme@social.example", "@AcmeCare"])
    assert accounts.has("Mastodon", "acme@social.example")
    assert accounts.has("x", "@acmecare")
    assert not accounts.has("x", "acme@social.example")
    assert not accounts.has("x", None)
