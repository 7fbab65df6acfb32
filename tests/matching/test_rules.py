"""What a team can rely on when it writes rules for an ambiguous name: what counts, and the reason why not."""

import pytest
from msgspec.structs import replace

from streams.errors import ConfigError
from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig
from tests.matching.publications import named, post, refused


def test_a_name_inside_an_excluded_phrase_does_not_count_and_one_beside_it_does() -> None:
    brand = BrandConfig(names=("orange",), exclude=("jus d'orange", "orange juice"))
    assert refused(brand, "un jus d'orange") == [
        'name "orange" at 9 refused by `exclude`: it is part of "jus d\'orange"'
    ]
    assert named(brand, "orange and orange juice") == ['name "orange" at 0']


def test_a_phrase_that_never_occurs_with_the_brand_refuses_the_whole_text() -> None:
    brand = BrandConfig(names=("orange",), never=("mécanique",))
    assert refused(brand, "Orange mecanique, chez Orange") == [
        'name "orange" at 0 refused by `never`: the text has "mécanique"'
    ]


@pytest.mark.parametrize(
    ("text", "within", "counts"),
    [
        ("orange a b c box", 3, True),
        ("orange a b c box", 2, False),
        ("box a b c orange", 3, True),
        ("box a b c orange", 2, False),
        ("box a b c d e orange a b c box", 3, True),
        ("orange a b c d e f g h i j k l m n o p box", 0, True),
        ("the orange box", 1, True),
        ("orange and nothing", 0, False),
    ],
)
def test_a_required_word_must_stand_within_so_many_words_on_either_side(text: str, within: int, counts: bool) -> None:
    brand = BrandConfig(names=("orange",), require=("box", "fibre"), within=within)
    assert bool(named(brand, text)) is counts


def test_a_required_phrase_around_the_name_is_near_it() -> None:
    assert named(BrandConfig(names=("orange",), require=("box orange est",), within=1), "la box orange est là")


def test_of_required_phrases_that_overlap_the_one_that_reaches_nearest_counts() -> None:
    brand = BrandConfig(names=("orange",), require=("a b c d", "b"), within=1)
    assert named(brand, "a b c d e orange")


def test_a_missing_required_word_is_told_apart_from_one_that_is_too_far_away() -> None:
    brand = BrandConfig(names=("orange",), require=("box", "fibre"), within=2)
    assert refused(brand, "orange") == ['name "orange" at 0 refused by `require`: the text has none of box, fibre']
    assert refused(brand, "orange a b c box") == [
        'name "orange" at 0 refused by `require`: the nearest of them is 3 words away, expected at most 2'
    ]


@pytest.mark.parametrize(
    ("languages", "language", "counts"),
    [
        (("fr",), "fr", True),
        (("fr",), "fr-CA", True),
        (("FR",), "fr", True),
        (("fr",), "en", False),
        (("fr",), "fry", False),
        (("pt-BR",), "pt-PT", False),
        (("fr",), None, True),
        ((), "en", True),
    ],
)
def test_a_name_counts_in_the_languages_of_the_brand_or_where_the_language_is_unknown(
    languages: tuple[str, ...], language: str | None, counts: bool
) -> None:
    assert bool(named(BrandConfig(languages=languages), "acme", lang=language)) is counts


def test_a_refused_language_is_named() -> None:
    assert refused(BrandConfig(languages=("fr",)), "acme", lang="en") == [
        'name "Acme" at 0 refused by `languages`: the language is en, expected fr'
    ]


def test_a_case_sensitive_name_counts_as_it_is_written_only() -> None:
    brand = BrandConfig(names=("Élan",), case_sensitive=True)
    assert named(brand, "avec élan, chez Elan") == ['name "Élan" at 16']
    assert refused(brand, "avec ÉLAN") == [
        'name "Élan" at 5 refused by `case_sensitive`: written "ELAN", expected "Élan"'
    ]


def test_each_brand_of_a_text_is_judged_by_its_own_rules() -> None:
    matcher = BrandMatcher({"A": BrandConfig(names=("orange",), require=("box",)), "B": BrandConfig(names=("orange",))})
    findings = matcher.explain(post("an orange"), "bluesky")
    assert [match.brand for match in findings.matches] == ["B"]
    assert [refusal.brand for refusal in findings.refusals] == ["A"]


@pytest.mark.parametrize("field", ["names", "exclude", "never", "require", "handles", "hashtags", "domains"])
def test_a_phrase_without_a_letter_or_digit_is_one_clear_error(field: str) -> None:
    with pytest.raises(ConfigError, match="expected a phrase with a letter or digit, got"):
        BrandMatcher({"Acme": replace(BrandConfig(), **{field: ("\u200b!",)})})


def test_a_text_that_repeats_names_and_required_words_thousands_of_times_is_judged_like_any_other() -> None:
    brand = BrandConfig(names=("orange",), require=("box",), exclude=("orange juice",), within=1)
    # A product of the two would take minutes.
    assert not named(brand, "orange juice " * 1500 + "x y z " + "box " * 200)
    assert not named(brand, "#" + "Orange" * 3000)
    assert not named(brand, "orange a b c d box a b c d " * 700)
