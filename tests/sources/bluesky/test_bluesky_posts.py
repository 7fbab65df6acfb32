"""What people can rely on about a post of Bluesky: what is scored, what is searched, whom it addresses, when it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from deploy.local.jetstream_log import commit
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.frames import Commit
from streams.sources.bluesky.posts import BLOCK, POST, REPOST, THREADGATE, PostBuilder
from streams.sources.source import Post

WITNESSED = 1_783_166_400_000_000  # 2026-07-04T12:00:00Z
NOON = datetime(2026, 7, 4, 12, tzinfo=UTC)
ANN, ACME = "did:plc:ann", "did:plc:acme"


def builder(named: Callable[[str], bool] | None = None) -> PostBuilder:
    return PostBuilder(OfficialAccounts([ACME]), named)


def a_commit(collection: str, record: dict[str, Any] | None, operation: str = "create", rkey: str = "r1") -> Commit:
    return msgspec.convert(commit(collection, rkey, record, operation), Commit)


def a_post(did: str = ANN, **record: Any) -> Post:
    (post,) = builder().build(
        did, a_commit(POST, {"text": "hello", "createdAt": "2026-07-04T11:59:59.5Z"} | record), WITNESSED
    )
    return post


def ref(uri: str) -> dict[str, str]:
    return {"uri": uri, "cid": "bafy"}


def test_a_plain_post_keeps_its_text_time_language_and_address() -> None:
    assert a_post(langs=["fr", "en"]) == Post(
        id="at://did:plc:ann/app.bsky.feed.post/r1",
        created_at=datetime(2026, 7, 4, 11, 59, 59, 500_000, tzinfo=UTC),
        text="hello",
        author=ANN,
        lang="fr",
        url="https://bsky.app/profile/did:plc:ann/post/r1",
    )


@pytest.mark.parametrize(
    "created_at",
    [
        "2026-07-04T12:00:37Z",
        "",
        "0000-01-01T00:00:00Z",
        "1764-08-25T10:00:00Z",
        "1985-04-12T23:20:50.123Z",
        "2026-07-04T11:00:00",
        "2026-07-04",
        "yesterday",
        None,
        "0001-01-01T00:00:00+23:59",
    ],
    ids=["ahead", "empty", "year 0", "year 1764", "1985", "no zone", "a date", "words", "none", "year 1"],
)
def test_a_clock_that_is_ahead_or_broken_is_replaced_by_the_networks(created_at: str | None) -> None:
    assert a_post(createdAt=created_at).created_at == NOON


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [
        ("2026-07-04T11:59:04Z", "2026-07-04T11:59:04+00:00"),
        ("2026-07-04T13:30:00.123456789+02:00", "2026-07-04T11:30:00.123456+00:00"),
        ("2009-11-10T08:00:00Z", "2009-11-10T08:00:00+00:00"),
    ],
    ids=["56 s behind", "another zone", "an import"],
)
def test_a_post_that_comes_late_keeps_its_own_time(created_at: str, expected: str) -> None:
    assert a_post(createdAt=created_at).created_at.isoformat() == expected


def test_links_tags_cards_and_descriptions_of_images_are_searched_and_not_scored() -> None:
    post = a_post(
        tags=["shopping"],
        facets=[
            {
                "index": {"byteStart": 0, "byteEnd": 5},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.example/x"}],
            },
            {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "acmefail"}]},
        ],
        embed={
            "$type": "app.bsky.embed.external",
            "external": {"uri": "https://news.example/1", "title": "Acme recalls", "description": "All of it"},
        },
    )
    assert post.text == "hello"
    assert post.searched.split("\n") == [
        "#shopping",
        "Acme recalls",
        "All of it",
        "https://news.example/1",
        "https://acme.example/x",
        "#acmefail",
    ]


def test_a_post_without_text_has_the_title_of_its_card() -> None:
    external = {"uri": "https://news.example/1", "title": "Acme recalls everything", "description": "Again"}
    post = a_post(text="", embed={"external": external})
    assert (post.text, post.searched) == ("Acme recalls everything", "Again\nhttps://news.example/1")


@pytest.mark.parametrize(
    "embed",
    [
        {"images": [{"alt": "a torn Acme bag"}, {"alt": ""}]},
        {"$type": "app.bsky.embed.video", "alt": "a torn Acme bag", "video": {}},
        {"$type": "app.bsky.embed.gallery", "media": [{"$type": "#image", "alt": "a torn Acme bag"}]},
        {"$type": "app.bsky.embed.recordWithMedia", "media": {"images": [{"alt": "a torn Acme bag"}]}},
        {"$type": "app.bsky.embed.recordWithMedia", "media": {"media": [{"alt": "a torn Acme bag"}]}},
    ],
    ids=["images", "video", "gallery", "quote with images", "quote with a gallery"],
)
def test_what_images_show_is_searched(embed: dict[str, Any]) -> None:
    assert a_post(embed=embed).searched == "a torn Acme bag"


def test_a_reply_addresses_whom_it_answers() -> None:
    post = a_post(reply={"root": ref("at://did:plc:bob/app.bsky.feed.post/0"), "parent": ref(f"at://{ACME}/{POST}/9")})
    assert (post.kind, post.reply_to, post.addressed) == ("reply", f"at://{ACME}/{POST}/9", (ACME,))


def test_a_mention_addresses_whom_it_names_once() -> None:
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": ACME}
    assert a_post(facets=[{"features": [mention, mention]}]).addressed == (ACME,)


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.record", "record": ref(f"at://{ACME}/{POST}/9")},
        {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": ref(f"at://{ACME}/{POST}/9")}, "media": {}},
    ],
)
def test_a_quote_is_about_what_it_quotes_and_addresses_its_author(embed: dict[str, Any]) -> None:
    post = a_post(embed=embed)
    assert (post.kind, post.about, post.addressed) == ("post", f"at://{ACME}/{POST}/9", (ACME,))


def test_a_repost_is_about_the_original() -> None:
    (post,) = builder().build(ANN, a_commit(REPOST, {"subject": ref(f"at://{ACME}/{POST}/9")}), WITNESSED)
    assert post == Post(
        id=f"at://{ANN}/{REPOST}/r1",
        created_at=NOON,
        text="",
        kind="repost",
        author=ANN,
        about=f"at://{ACME}/{POST}/9",
        repost_of=f"at://{ACME}/{POST}/9",
    )


def test_a_post_that_the_brand_deletes_is_a_deletion_under_an_id_of_its_own() -> None:
    (post,) = builder().build(ACME, a_commit(POST, None, "delete"), WITNESSED)
    uri = f"at://{ACME}/{POST}/r1"
    assert post == Post(
        id=f"deletion:{uri}", created_at=NOON, text="", kind="deletion", author=ACME, about=uri, reply_to=uri
    )


def test_an_account_that_the_brand_blocks_is_a_block() -> None:
    (post,) = builder().build(ACME, a_commit(BLOCK, {"subject": ANN, "createdAt": "2026-07-04T11:59:00Z"}), WITNESSED)
    assert (post.kind, post.author, post.addressed, post.id) == ("block", ACME, (), f"at://{ACME}/{BLOCK}/r1")


def test_replies_that_the_brand_hides_are_deletions_each_once() -> None:
    reading = builder()
    replies = [f"at://{ANN}/{POST}/{number}" for number in range(3)]
    seen = []
    for operation, count in (("create", 0), ("update", 1), ("update", 3), ("update", 3), ("update", 2)):
        record = {"post": f"at://{ACME}/{POST}/r1", "hiddenReplies": replies[:count]}
        seen.append([post.reply_to for post in reading.build(ACME, a_commit(THREADGATE, record, operation), WITNESSED)])
    assert seen == [[], replies[:1], replies[1:], [], []]


def test_what_users_delete_block_or_hide_is_not_looked_at() -> None:
    hiding = {"hiddenReplies": [f"at://{ACME}/{POST}/1"]}
    for change in (a_commit(POST, None, "delete"), a_commit(BLOCK, {"subject": ACME}), a_commit(THREADGATE, hiding)):
        assert builder().build(ANN, change, WITNESSED) == ()


@pytest.mark.parametrize(
    ("collection", "operation"),
    [(POST, "update"), (REPOST, "delete"), ("app.bsky.feed.like", "create"), ("com.example.other", "create")],
)
def test_an_edit_an_undone_repost_and_a_like_are_nothing_new(collection: str, operation: str) -> None:
    reading = builder()
    record = {"text": "hello", "subject": ref("at://did:plc:x/a/b")}
    assert reading.build(ANN, a_commit(collection, record, operation), WITNESSED) == ()
    assert reading.refused == {}


@pytest.mark.parametrize(
    ("did", "change", "reason"),
    [
        (ANN, a_commit(POST, None), "type"),
        ("", a_commit(POST, {"text": "x"}), "identity"),
        ("did:plc:" + "x" * 250, a_commit(POST, {"text": "x"}), "identity"),
        ("did:plc:a\x00b", a_commit(POST, {"text": "x"}), "identity"),
        (ANN, a_commit(REPOST, {"subject": ref("")}), "identity"),
        (ACME, a_commit(POST, None, "delete", rkey="r" * 250), "identity"),
        (ACME, a_commit(THREADGATE, {"hiddenReplies": [""]}), "identity"),
    ],
)
def test_a_record_that_cannot_be_used_is_counted(did: str, change: Commit, reason: str) -> None:
    reading = builder()
    assert reading.build(did, change, WITNESSED) == ()
    assert reading.refused == {reason: 1}


def test_a_quoted_address_that_is_none_costs_the_reference_and_not_the_post() -> None:
    post = a_post(embed={"record": ref("x" * 300)}, reply={"parent": ref("y" * 300)}, langs=["z" * 99])
    assert (post.text, post.about, post.reply_to, post.lang) == ("hello", None, None, None)


def test_a_post_that_addresses_a_thousand_accounts_has_a_bounded_list() -> None:
    features = [{"did": f"did:plc:{number}"} for number in range(1000)]
    assert len(a_post(facets=[{"features": features}]).addressed) == 50
