"""What a team can rely on when it writes down the names of its brands: where they are found, and where not."""

import pytest

from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig
from tests.matching.publications import post

BRANDS = {
    "Orange": BrandConfig(
        names=("orange",),
        handles=("orange_france", "Orange_conseil"),
        exclude=("jus d orange", "jus d'orange", "orange juice", "agent orange", "orange is the new black"),
        require=("box", "fibre", "forfait", "réseau", "panne", "mobile", "sosh", "sfr", "bouygues"),
        languages=("fr",),
    ),
    "Free": BrandConfig(
        names=("free", "freebox", "free mobile"),
        handles=("free", "free_1337"),
        require=("freebox", "forfait", "mobile", "fibre", "box", "niel", "réseau", "opérateur"),
        within=10,
        languages=("fr",),
    ),
    "Apple": BrandConfig(names=("Apple",), case_sensitive=True, exclude=("Big Apple", "apple pie", "Apple cider")),
    "H&M": BrandConfig(names=("H&M", "h and m")),
    "Acme": BrandConfig(),
    "3 Suisses": BrandConfig(names=("3suisses", "3 suisses", "les 3 suisses"), handles=("3suisses_fr",)),
    "Toyota": BrandConfig(names=("toyota", "トヨタ", "丰田")),
    "Citroën": BrandConfig(),
    "Sber": BrandConfig(names=("Сбер",)),
    "AT&T": BrandConfig(),
    "McDonald's": BrandConfig(),
    "Coca-Cola": BrandConfig(),
    "Samsung": BrandConfig(names=("Samsung", "삼성")),
    "Ram": BrandConfig(names=("राम",)),
    "L'Oréal": BrandConfig(),
    "Żabka": BrandConfig(),
    "Lidl": BrandConfig(),
}
MATCHER = BrandMatcher(BRANDS)


@pytest.mark.parametrize(
    ("text", "language", "brands"),
    [
        ("La box Orange est en panne", "fr", {"Orange"}),
        ("Un jus d'orange ce matin, ma box est en panne", "fr", set()),
        ("l'orange est un fruit", "fr", set()),
        ("Orange box is nice", "en", set()),
        ("Orange box is nice", None, {"Orange"}),
        ("@Orange_France votre service", "fr", {"Orange"}),
        ("@Orange_France your service", "en", {"Orange"}),
        ("I love Apple but apple pie", "en", {"Apple"}),
        ("an apple a day", "en", set()),
        ("The Big Apple", "en", set()),
        ("H&M did it again", None, {"H&M"}),
        ("AT&T vs H&M", None, {"AT&T", "H&M"}),
        ("acmeology", None, set()),
        ("notacme", None, set()),
        ("acme_corp", None, set()),
        ("acme2", None, set()),
        ("acme's", None, {"Acme"}),
        ("#acme!", None, {"Acme"}),
        ("anti-acme", None, {"Acme"}),
        ("ac\u200bme", None, {"Acme"}),
        ("ＡＣＭＥ", None, {"Acme"}),
        ("𝐀𝐜𝐦𝐞 is a scam", None, {"Acme"}),
        ("Acme™ and Acme®", None, {"Acme"}),
        ("acme🔥", None, {"Acme"}),
        ("新しいトヨタ車が出た", "ja", {"Toyota"}),
        ("新しいToyota車", "ja", {"Toyota"}),
        ("ﾄﾖﾀの車", "ja", {"Toyota"}),
        ("ドヨダ", "ja", set()),
        ("トヨダ", "ja", set()),
        ("我买了丰田汽车", "zh", {"Toyota"}),
        ("삼성이 또", "ko", {"Samsung"}),
        ("Samsung이 또", "ko", {"Samsung"}),
        ("삼성TV", "ko", {"Samsung"}),
        ("비삼성", "ko", set()),
        ("La CITROEN C3 et la Citroën", None, {"Citroën"}),
        ("сбербанк", "ru", set()),
        ("Сбер не работает", "ru", {"Sber"}),
        ("राम से", "hi", {"Ram"}),
        ("रामायण", "hi", set()),
        ("je suis free ce soir", "fr", set()),
        ("mon forfait Free mobile", "fr", {"Free"}),
        ("Les 3 Suisses annulent", None, {"3 Suisses"}),
        ("3suisses.fr", None, {"3 Suisses"}),
        ("les\n3\u00a0 suisses", None, {"3 Suisses"}),
        ("McDonald’s, again", None, {"McDonald's"}),
        ("mcdonald´s", None, {"McDonald's"}),
        ("Coca\u2011Cola", None, {"Coca-Cola"}),
        ("chez l’oreal", None, {"L'Oréal"}),
        ("zabka", None, {"Żabka"}),
        ("#BoycottAcme #AcmeGate", None, {"Acme"}),
        ("#BoycottAcmeNow", None, {"Acme"}),
        ("BoycottAcme, not as a hashtag", None, set()),
        ("#notacme", None, set()),
        ("a lone \ud800 before acme", None, {"Acme"}),
        ("", None, set()),
        ("\0", None, set()),
    ],
)
def test_a_name_is_found_however_people_write_it_and_not_inside_other_words(
    text: str, language: str | None, brands: set[str]
) -> None:
    found = {match.brand for match in MATCHER.match(post(text, lang=language), "bluesky")}
    assert found == brands


def test_the_text_of_cards_and_links_is_searched_too_but_no_name_reaches_over_from_the_text() -> None:
    matcher = BrandMatcher({"Acme": BrandConfig(names=("acme", "les 3 suisses"))})
    assert matcher.match(post("look", searched="News of Acme"), "bluesky")
    assert not matcher.match(post("avec les", searched="3 suisses"), "bluesky")


def test_a_brand_that_two_names_name_is_found_once() -> None:
    assert len(MATCHER.match(post("Free mobile: ma freebox Free"), "bluesky")) == 1


def test_brands_come_in_the_order_of_their_configuration() -> None:
    found = [match.brand for match in MATCHER.match(post("Lidl, AT&T and H&M"), "bluesky")]
    assert found == ["H&M", "AT&T", "Lidl"]


@pytest.mark.parametrize(
    ("text", "named"), [("what a day", False), ("l'orange est un fruit", True), ("@orange_conseil", True), ("", False)]
)
def test_the_first_look_passes_whatever_names_a_brand_before_its_rules(text: str, named: bool) -> None:
    assert MATCHER.names_something(text) is named


def test_without_brands_nothing_is_named() -> None:
    nothing = BrandMatcher({})
    assert not nothing.match(post("acme"), "bluesky")
    assert not nothing.names_something("acme")
