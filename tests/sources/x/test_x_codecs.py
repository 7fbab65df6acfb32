"""What holds for any bytes that X could send, and for any brand that a user could name."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ConfigError
from streams.settings.brands.brand import BrandConfig
from streams.sources.x.backfill import queries
from streams.sources.x.cursor import id_at, made_at
from streams.sources.x.lines import LineSplitter
from streams.sources.x.posts import Line, Tweet, to_post
from streams.sources.x.rules import MAX_LENGTH, compile_rules

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
IDS = st.integers(0, 10**19 - 1).map(str)
SOMETHING = st.none() | st.booleans() | st.integers(-10, 10**20) | st.text(max_size=20) | IDS
ANY_JSON = st.recursive(SOMETHING, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
TWEETS = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "text": st.text(max_size=300),
        "created_at": st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
        "author_id": IDS,
        "lang": st.sampled_from(["en", "und", "qme", "iw", "zxx", "fr"]),
        "in_reply_to_user_id": IDS,
        "edit_history_tweet_ids": st.lists(IDS, max_size=3),
        "referenced_tweets": st.lists(
            st.fixed_dictionaries({"type": st.sampled_from(["retweeted", "quoted", "replied_to", "new"]), "id": IDS}),
            max_size=3,
        ),
        "public_metrics": st.dictionaries(st.sampled_from(["retweet_count", "like_count"]), st.integers(0, 10**9)),
        "entities": st.fixed_dictionaries(
            {"mentions": st.lists(st.fixed_dictionaries({"id": IDS}), max_size=2)},
            optional={"urls": st.lists(st.fixed_dictionaries({"expanded_url": st.text(max_size=30)}), max_size=2)},
        ),
        "note_tweet": st.fixed_dictionaries({"text": st.text(max_size=300)}),
        "a_new_field": ANY_JSON,
    },
)


@given(TWEETS)
def test_every_post_in_x_s_form_is_read(tweet: dict[str, Any]) -> None:
    post = to_post(msgspec.json.decode(msgspec.json.encode(tweet), type=Tweet), NOW)
    assert 1 <= len(post.id) <= 19
    assert post.created_at <= NOW
    assert post.created_at.tzinfo is not None
    assert (post.kind == "repost") == (post.repost_of is not None)


@given(st.dictionaries(st.sampled_from(["data", "errors", "matching_rules", "title", "new"]), ANY_JSON) | ANY_JSON)
def test_a_line_of_any_other_form_is_refused_and_never_an_accident(line: Any) -> None:
    try:
        decoded = msgspec.json.decode(msgspec.json.encode(line), type=Line)
    except msgspec.ValidationError:
        return
    assert decoded.data is None or to_post(decoded.data, NOW).id
    decoded.problem()


@given(st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b""))), st.data())
def test_lines_are_the_same_however_the_network_cuts_them(lines: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(line + b"\r\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    splitter = LineSplitter(limit=20)
    chunks = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert [line for chunk in chunks for line in splitter.feed(chunk)] == lines
    assert not splitter.too_long


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_a_line_without_an_end_takes_no_more_memory_than_its_limit(chunks: list[bytes]) -> None:
    splitter = LineSplitter(limit=50)
    lines = [line for chunk in [*chunks, b"\n", b"next\n"] for line in splitter.feed(chunk)]
    assert all(len(line) <= 50 for line in lines)
    assert lines[-1] == b"next"


PHRASES = st.lists(st.text(max_size=60), max_size=12).map(tuple)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=30),
        st.builds(
            BrandConfig,
            names=PHRASES,
            handles=PHRASES,
            hashtags=PHRASES,
            domains=PHRASES,
            exclude=PHRASES,
            never=PHRASES,
            require=PHRASES,
            languages=st.lists(st.sampled_from(["fr", "en-GB", "zh-Hant", "xx", "he"])).map(tuple),
            official_accounts=st.frozensets(st.sampled_from(["x:12", "x:acme", "bluesky:did:plc:1", "x:not valid"])),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_whatever_a_brand_is_called_its_rules_are_short_balanced_and_distinct(
    brands: dict[str, BrandConfig], reposts: bool
) -> None:
    rules = compile_rules(brands, reposts=reposts)
    assert len({rule for _, rule in rules}) == len(rules)
    for _, rule in rules:
        assert len(rule) <= MAX_LENGTH
        outside = "".join(rule.split('"')[::2])
        assert rule.count('"') % 2 == 0
        assert outside.count("(") == outside.count(")")
        assert rule.endswith("-is:retweet") != reposts
    assert all(len(query) <= MAX_LENGTH for query in queries([rule for _, rule in rules]))


def test_a_rule_asks_for_all_that_names_the_brand_under_its_conditions() -> None:
    orange = BrandConfig(
        names=("Orange", "Réseau Orange"),
        handles=("@Orange_France", "orange.fr"),
        hashtags=("#orangefrance",),
        domains=("orange.fr",),
        exclude=("agent orange",),
        never=("concours orange",),
        require=("box", "fibre"),
        languages=("fr",),
        official_accounts=frozenset(("x:123", "bluesky:did:plc:1")),
    )
    ((brand, rule),) = compile_rules({"Orange": orange})
    assert brand == "Orange"
    assert rule == (
        '@Orange_France OR from:123 OR to:123 OR retweets_of:123 OR #orangefrance OR url:"orange.fr" OR '
        '(("Orange" OR "Réseau Orange" OR "Reseau Orange") lang:fr ("box" OR "fibre") '
        '-"concours orange" -"agent orange")'
    )


def test_a_brand_without_names_is_searched_by_its_own() -> None:
    assert compile_rules({"H&M": BrandConfig()}) == (("H&M", '"H&M"'),)


def test_conditions_that_have_no_room_let_more_through_and_never_less() -> None:
    words = tuple(f"a required word {n}" for n in range(60))
    ((_, rule),) = compile_rules({"Acme": BrandConfig(require=words, never=("acme inc",))})
    assert rule == '("Acme" -"acme inc")'


def test_more_brands_than_x_has_rules_for_is_an_error_that_says_so() -> None:
    brands = {f"Brand {n}": BrandConfig() for n in range(1001)}
    with pytest.raises(ConfigError, match="at most 1000 rules, got 1001"):
        compile_rules(brands)
    assert len(compile_rules(dict(list(brands.items())[:1000]))) == 1000


@given(st.datetimes(datetime(2015, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (hypothesis's own form)
def test_an_id_says_when_its_post_was_made(at: datetime) -> None:
    assert abs((made_at(id_at(at)) - at).total_seconds()) <= 0.001
