"""What people whose posts are collected, and who watch a brand, can rely on in its mentions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from streams.collecting.mention_builder import MentionBuilder
from streams.collecting.pseudonyms import Pseudonyms
from streams.errors import ConfigError
from streams.mentions.mention import MAX_TEXT, Mention, decode
from streams.settings.brands.brand import BrandConfig
from streams.settings.sources import CollectorSettings
from streams.sources.source import Post

AT = datetime(2026, 10, 5, 8, 30, 1, 250_000, tzinfo=UTC)
KEY = "a key of this test alone"
BRANDS = {"Acme": BrandConfig(official_accounts=frozenset({"bluesky:did:plc:acme"})), "Orange": BrandConfig()}


def post(**fields: object) -> Post:
    return Post(**{"id": "at://1", "created_at": AT, "text": "never again"} | fields)  # type: ignore[arg-type]


def builder(key: str = KEY, **settings: object) -> MentionBuilder:
    return MentionBuilder("bluesky", BRANDS, CollectorSettings(**settings), Pseudonyms(key))  # type: ignore[arg-type]


def built(
    found: Post,
    brands: Iterable[str] = ("Acme",),
    by: MentionBuilder | None = None,
) -> list[Mention]:
    mentions = (by or builder()).build(found, brands)
    decoded = [decode(mention.message) for mention in mentions]
    assert [mention.brand for mention in mentions] == [mention.brand for mention in decoded]
    return decoded


def test_a_post_that_names_two_brands_is_two_mentions_with_the_same_id() -> None:
    first, second = built(post(), ["Acme", "Orange"])
    assert (first.id, first.brand, first.network, first.created_at) == ("at://1", "Acme", "bluesky", AT)
    assert (second.id, second.brand) == ("at://1", "Orange")


def test_what_a_source_knows_is_in_the_mention() -> None:
    known = {
        "kind": "reply",
        "lang": "fr",
        "followers": 12,
        "reply_to": "at://0",
        "repost_of": "at://00",
        "reposts": 1,
        "likes": 2,
        "replies": 3,
        "views": 4,
        "rating": -0.5,
        "url": "https://example.com/1",
        "promise_due_at": AT,
        "network": "forum",
    }
    (mention,) = built(post(**known))
    assert {name: getattr(mention, name) for name in known} == known


def test_a_post_about_no_brand_is_no_mention_and_needs_no_key() -> None:
    assert built(post(author="jane"), [], by=builder(key="")) == []


def test_an_author_is_stored_under_the_same_pseudonym_in_every_mention_and_under_another_with_another_key() -> None:
    authors = {mention.author for mention in built(post(author="did:plc:jane"), BRANDS)}
    authors |= {built(post(id="at://2", author="did:plc:jane"))[0].author}
    assert authors == {Pseudonyms(KEY).of("bluesky", "did:plc:jane")}
    (elsewhere,) = built(post(author="did:plc:jane"), by=builder(key="quite another key of it"))
    assert elsewhere.author not in authors


def test_without_a_key_the_first_author_is_an_error_that_says_how_to_make_one() -> None:
    assert built(post(), by=builder(key=""))
    with pytest.raises(ConfigError, match=r"expected a key.*openssl rand -hex 32"):
        built(post(author="did:plc:jane"), by=builder(key=""))


def test_the_brands_own_account_is_official_for_it_and_for_no_other_brand() -> None:
    official = [mention.official for mention in built(post(author="did:plc:ACME"), ["Acme", "Orange"])]
    assert official == [True, None]
    assert built(post(author="did:plc:acme", network="mastodon"))[0].official is None


def test_what_the_source_says_of_being_official_wins() -> None:
    assert built(post(official=True))[0].official is True
    assert built(post(author="did:plc:acme", official=False))[0].official is None


@pytest.mark.parametrize("kind", ["deletion", "block"])
def test_a_deletion_or_a_block_is_sent_only_if_the_brand_itself_did_it(kind: str) -> None:
    by = builder()
    assert built(post(kind=kind, author="did:plc:jane"), by=by) == []
    assert by.refused == {"not_official": 1}
    (mention,) = built(post(kind=kind, author="did:plc:acme"), ["Acme", "Orange"], by=by)
    assert (mention.brand, mention.kind, mention.official) == ("Acme", kind, True)


@pytest.mark.parametrize("found", ["at://1", "deletion:at://1"])
def test_a_deletion_has_an_id_of_its_own(found: str) -> None:
    (mention,) = built(post(id=found, kind="deletion", reply_to="at://1", official=True))
    assert (mention.id, mention.reply_to) == ("deletion:at://1", "at://1")


def test_an_author_who_objected_is_not_collected_on_that_network() -> None:
    by = builder(never_authors=frozenset({"bluesky:did:plc:Jane"}))
    assert built(post(author="did:plc:jane"), by=by) == []
    assert by.refused == {"objection": 1}
    assert built(post(author="did:plc:jane", network="mastodon"), by=by)


def test_without_addresses_ids_show_no_author_and_still_refer_to_each_other() -> None:
    by = builder(keep_urls=False)
    (original,) = built(post(id="at://did:plc:jane/1", url="https://example.com/jane/1"), by=by)
    (reply,) = built(post(id="at://did:plc:joe/2", reply_to="at://did:plc:jane/1"), by=by)
    (deleted,) = built(post(id="deletion:at://did:plc:jane/1", kind="deletion", official=True), by=by)
    assert original.url is None
    assert "jane" not in original.id
    assert reply.reply_to == original.id
    assert deleted.id == f"deletion:{original.id}"


def test_a_long_text_is_cut() -> None:
    assert len(built(post(text="x" * 30_000))[0].text or "") == MAX_TEXT


def test_a_heartbeat_has_no_text_and_no_author() -> None:
    (mention,) = built(post(kind="heartbeat", author="jane"), by=builder(key=""))
    assert (mention.kind, mention.text, mention.author) == ("heartbeat", UNSET, None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 257}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"id": "a\ud800"}, "id"),
        ({"network": "x" * 65}, "network"),
        ({"created_at": datetime(2026, 1, 1)}, "time"),  # noqa: DTZ001
        ({"created_at": datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))}, "time"),
        ({"created_at": datetime(1764, 1, 1, tzinfo=UTC)}, "time"),
    ],
)
def test_a_post_that_could_be_no_mention_is_refused_and_counted(fields: dict[str, object], reason: str) -> None:
    by = builder()
    assert built(post(**fields), by=by) == []
    assert by.refused == {reason: 1}


def test_a_brand_that_could_be_no_key_is_refused_alone() -> None:
    by = builder()
    assert [mention.brand for mention in built(post(), ["", "Acme", "x" * 129], by=by)] == ["Acme"]
    assert by.refused == {"brand": 2}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("followers", -1),
        ("views", 10**12),
        ("rating", 7.0),
        ("rating", float("nan")),
        ("lang", "x" * 36),
        ("url", "https://" + "x" * 5000),
        ("reply_to", "x" * 257),
        ("promise_due_at", datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)
def test_a_field_that_cannot_be_right_is_left_out_and_the_post_counts(field: str, value: object) -> None:
    (mention,) = built(post(**{field: value}))
    assert getattr(mention, field) is None


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
ANY_TIME = st.datetimes(timezones=st.none() | st.timezones() | st.just(UTC))
ANY_COUNT = st.none() | st.integers(-(2**70), 2**70)
KINDS = ("post", "reply", "repost", "review", "deletion", "block", "scheduled", "update", "heartbeat")
POSTS = st.builds(
    Post,
    id=ANY_TEXT,
    created_at=ANY_TIME,
    text=ANY_TEXT,
    kind=st.sampled_from(KINDS),
    author=st.none() | ANY_TEXT,
    network=st.none() | ANY_TEXT,
    official=st.none() | st.booleans(),
    lang=st.none() | ANY_TEXT,
    followers=ANY_COUNT,
    reply_to=st.none() | ANY_TEXT,
    repost_of=st.none() | ANY_TEXT,
    reposts=ANY_COUNT,
    likes=ANY_COUNT,
    replies=ANY_COUNT,
    views=ANY_COUNT,
    rating=st.none() | st.floats(),
    url=st.none() | ANY_TEXT,
    promise_due_at=st.none() | ANY_TIME,
)


@given(POSTS, ANY_TEXT, st.booleans())
def test_whatever_a_source_finds_is_a_readable_mention_or_a_counted_refusal(
    found: Post, brand: str, keep_urls: bool
) -> None:
    by = builder(keep_urls=keep_urls)
    mentions = built(found, [brand], by=by)
    assert len(mentions) + by.refused.total() == 1


@pytest.mark.parametrize("character", '\0😀"\\{[\ud800')
def test_the_longest_texts_fit_into_a_message(character: str) -> None:
    (mention,) = built(post(text=character * 25_000, url="https://example.com/" + "é" * 4000, author="a" * 9999))
    assert mention.text is not None


def test_the_same_post_gives_the_same_bytes_however_its_time_is_written() -> None:
    paris = AT.astimezone(timezone(timedelta(hours=2)))
    assert builder().build(post(created_at=paris), ["Acme"]) == builder().build(post(), ["Acme"])
