"""What a team can rely on when it writes down accounts, handles, hashtags and domains: they always count."""

import pytest
from msgspec.structs import replace

from streams.settings.brands.brand import BrandConfig
from tests.matching.publications import named

STRICT = BrandConfig(names=("zzz",), never=("offre",), require=("box",), languages=("fr",))


@pytest.mark.parametrize(
    "text",
    ["hello @acme", "(@ACME)", "@acme, again", "@acme.", "@acmeさん", "こんにちは@acme"],
)
def test_a_handle_is_found_where_it_ends(text: str) -> None:
    assert named(replace(STRICT, handles=("@Acme",)), text, lang="en")


@pytest.mark.parametrize(
    "text",
    ["@acme_fan", "@acme2", "@acme.example.com", "@acme@other.example", "@acme-fan.example", "me@acme", "acme"],
)
def test_another_account_with_the_handle_inside_its_own_is_not_the_brand(text: str) -> None:
    assert not named(replace(STRICT, handles=("acme",)), text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("#acmefail", True), ("#ACMEFAIL.", True), ("#acmefails", False), ("#acmefailさん", False), ("acmefail", False)],
)
def test_a_hashtag_is_found_whole(text: str, found: bool) -> None:
    assert bool(named(replace(STRICT, hashtags=("#AcmeFail",)), text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://acme.fr/promo", True),
        ("https://www.shop.acme.fr", True),
        ("sur acme.fr, en panne", True),
        ("acme.fr:8080", True),
        ("https://notacme.fr", False),
        ("https://not-acme.fr", False),
        ("https://acme.fr.example/x", False),
        ("https://acme.free", False),
        ("write to jean@acme.fr", False),
        ("write to jean@mail.acme.fr", False),
        ("acme.fr@example.com", False),
    ],
)
def test_a_domain_is_found_in_links_with_its_subdomains_and_not_in_mail_addresses(text: str, found: bool) -> None:
    brand = replace(STRICT, domains=("https://www.acme.fr/",))
    assert bool(named(brand, text)) is found
    assert bool(named(brand, searched=text)) is found


OFFICIAL = replace(STRICT, official_accounts=frozenset({"bluesky:did:plc:abc", "mastodon:Acme@social.example"}))


def test_what_an_official_account_publishes_or_is_sent_needs_no_name() -> None:
    assert named(OFFICIAL, author="did:plc:abc") == ["by its account did:plc:abc"]
    assert named(OFFICIAL, addressed=("did:plc:x", "did:plc:abc")) == ["addresses its account did:plc:abc"]
    assert named(OFFICIAL, author="ACME@Social.example", network="mastodon")


def test_an_official_account_counts_on_its_own_network_alone() -> None:
    assert not named(OFFICIAL, author="did:plc:abc", network="mastodon")
    assert not named(OFFICIAL, addressed=("acme@social.example",), network="bluesky")


def test_a_publication_whose_source_says_its_brand_is_not_matched() -> None:
    assert named(OFFICIAL, "about whatever", brand="Acme") == ["its source says so"]
