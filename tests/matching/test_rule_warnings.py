"""What a team that runs `badbuzz check` can rely on: an ambiguous name and a useless rule are named with a remedy."""

import pytest

from streams.matching.common_words import languages_with
from streams.matching.rule_warnings import rule_warnings
from streams.settings.brands.brand import BrandConfig

WORDS = """
Apple Free Orange Target Gap Next Sky Three Boots Shell Visa Dove Tide Subway Delta United Southwest Virgin Sprint
Windows Steam Valve Epic Unity Bolt Lush Mango Meta Box Slack Zoom Discord Sage Square Stripe Monday Total Casino
Carrefour
"""
NO_WORDS = "Spotify Citroën Zalando IKEA H&M Lidl Ryanair 3Suisses トヨタ Сбер"


def test_brands_whose_name_is_a_common_word_are_warned_of_and_others_are_not() -> None:
    warned = {line.split('"')[1] for line in rule_warnings(dict.fromkeys(f"{WORDS} {NO_WORDS}".split(), BrandConfig()))}
    assert warned == set(WORDS.split())


def test_a_common_word_is_known_in_six_languages_however_it_is_written() -> None:
    words = ("Free", "ÉTOILE", "corazon", "Straße", "felicita", "Coração", "città")
    assert [languages_with(word)[-1:] for word in words] == [("en",), ("fr",), ("es",), ("de",), (), ("pt",), ("it",)]


@pytest.mark.parametrize(
    "rule", [{"require": ("box",)}, {"exclude": ("orange juice",)}, {"languages": ("fr",)}, {"case_sensitive": True}]
)
def test_any_rule_that_narrows_a_common_word_silences_the_warning(rule: dict[str, object]) -> None:
    assert list(rule_warnings({"Orange": BrandConfig(names=("orange",), **rule)})) == []  # type: ignore[arg-type]


def test_a_brand_without_names_is_named_by_its_own_name() -> None:
    assert list(rule_warnings({"Orange": BrandConfig()}))
    assert not list(rule_warnings({"Orange": BrandConfig(names=("orange telecom",))}))


@pytest.mark.parametrize(
    ("config", "warning"),
    [
        (BrandConfig(names=("X",)), 'the name "X" is very short'),
        (BrandConfig(names=("acme",), exclude=("big thing",)), '`exclude` has "big thing", which contains none'),
        (BrandConfig(names=("acme",), exclude=("Acme",)), '`exclude` has "Acme", which is in each of its names'),
        (BrandConfig(names=("acme inc",), never=("acme",)), '`never` has "acme", which is in each of its names'),
        (BrandConfig(names=("acme",), require=("box", "ACME")), '`require` has "ACME", which is in each of its names'),
        (BrandConfig(names=("acme",), within=3), "`within` is 3 and does nothing without `require`"),
    ],
)
def test_a_rule_that_can_never_do_anything_is_named(config: BrandConfig, warning: str) -> None:
    (line,) = rule_warnings({"Acme": config})
    assert line.startswith(f"brands.Acme: {warning}")


def test_rules_that_do_something_are_not_warned_of() -> None:
    brand = BrandConfig(
        names=("free", "free mobile"), exclude=("free download",), never=("gluten free",), require=("mobile",), within=5
    )
    assert list(rule_warnings({"Free": brand})) == []
