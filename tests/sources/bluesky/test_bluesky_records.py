"""What people can rely on whatever is posted: no record ends the stream, each is a post, nothing, or counted."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.mentions.mention import decode
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.frames import Event, Notice, Refusal, decode_v1, decode_v2
from streams.sources.bluesky.posts import BLOCK, POST, REPOST, THREADGATE, PostBuilder
from streams.sources.source import Post

ACME = "did:plc:acme"
WITNESSED = datetime(2026, 7, 4, 12, tzinfo=UTC)
US = int(WITNESSED.timestamp() * 1e6)

# By hand after the lexicons: strings of any grapheme, optional fields left out, unions with members nobody knows yet.
texts = st.text(max_size=60) | st.sampled_from(["", "\x00", "a\u0301" * 2000, "\U0001f9d1\u200d\U0001f680", "\u202e"])
dids = st.sampled_from([ACME, "did:plc:ann", "did:web:example.com", "did:plc:" + "x" * 300, "not a did", ""]) | texts
uris = st.builds("at://{}/app.bsky.feed.post/{}".format, dids, st.text(max_size=20)) | texts
times = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | st.sampled_from(
    ["", "0000-00-00T00:00:00Z", "2026-07-04T12:00:37.123456789Z", "1764-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


refs = objects(uri=uris, cid=texts)
images = st.lists(objects(alt=texts, image=anything), max_size=3)
externals = objects(uri=texts, title=texts, description=texts, thumb=anything)
media = objects(images=images, external=externals, alt=texts, media=images) | st.just(
    {"$type": "app.bsky.embed.hologram"}
)
embeds = objects(external=externals, images=images, alt=texts, record=refs | objects(record=refs), media=media | images)
features = objects(did=dids, tag=texts, uri=texts, unknown=anything)
records = objects(
    text=texts,
    createdAt=times,
    langs=st.lists(texts, max_size=3),
    reply=st.fixed_dictionaries({"parent": refs, "root": refs}),
    facets=st.lists(objects(features=st.lists(features, max_size=3), index=anything), max_size=3),
    tags=st.lists(texts, max_size=3),
    embed=embeds,
    subject=refs | dids,
    post=uris,
    hiddenReplies=st.lists(uris, max_size=4),
    labels=anything,
)
crooked = st.dictionaries(
    st.sampled_from(["text", "createdAt", "langs", "reply", "facets", "tags", "embed", "subject", "hiddenReplies"]),
    anything,
)
commits = objects(
    operation=st.sampled_from(["create", "update", "delete", "merge"]),
    collection=st.sampled_from([POST, REPOST, BLOCK, THREADGATE, "app.bsky.feed.like", "com.example.thing"]),
    rkey=st.text(max_size=20),
    rev=texts,
    record=records | crooked | anything,
    cid=texts,
)


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value)


def posts_from(frame: bytes, version: int) -> list[Post]:
    """Return the posts of a frame."""
    event = decode_v1(frame) if version == 1 else decode_v2(frame)
    assert isinstance(event, (Event, Notice, Refusal))
    if not isinstance(event, Event) or event.commit is None:
        return []
    return list(PostBuilder(OfficialAccounts([ACME])).build(event.did, event.commit, event.witnessed))


def check(post: Post) -> None:
    """A post must become a mention that the scorer reads."""
    mention = {
        "id": post.id,
        "brand": "Acme",
        "network": "bluesky",
        "created_at": post.created_at,
        "text": post.text,
        "kind": post.kind,
        "lang": post.lang,
        "reply_to": post.reply_to,
        "repost_of": post.repost_of,
        "url": post.url,
    }
    read = decode(encode(mention))
    assert read.id == post.id
    assert post.created_at <= WITNESSED


@settings(max_examples=400)
@given(dids, commits)
def test_any_commit_of_version_1_is_a_readable_post_or_nothing(did: str, commit: dict[str, Any]) -> None:
    frame = encode({"did": did, "time_us": US, "kind": "commit", "commit": commit})
    for post in posts_from(frame, 1):
        check(post)


@settings(max_examples=400)
@given(dids, commits)
def test_any_commit_of_version_2_is_a_readable_post_or_nothing(did: str, commit: dict[str, Any]) -> None:
    payload = {"$type": "x#commit", "seq": 7, "did": did, "time": "2026-07-04T12:00:00.000000Z"} | commit
    for post in posts_from(encode({"$type": "message", "payload": payload}), 2):
        check(post)


@settings(max_examples=200)
@given(dids, records)
def test_both_versions_give_the_same_post(did: str, record: dict[str, Any]) -> None:
    commit = {"operation": "create", "collection": POST, "rkey": "r1", "rev": "r", "record": record}
    payload = {"$type": "x#commit", "seq": 7, "did": did, "time": "2026-07-04T12:00:00Z"} | commit
    first = posts_from(encode({"did": did, "time_us": US, "kind": "commit", "commit": commit}), 1)
    assert first == posts_from(encode({"$type": "message", "payload": payload}), 2)


@settings(max_examples=300)
@given(st.binary(max_size=200) | anything.map(encode))
def test_any_bytes_are_an_event_a_notice_or_a_refusal(frame: bytes) -> None:
    for decode_frame in (decode_v1, decode_v2):
        assert isinstance(decode_frame(frame), (Event, Notice, Refusal))
