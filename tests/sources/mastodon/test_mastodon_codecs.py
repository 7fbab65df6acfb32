"""What holds for any status that a Mastodon server could show, and any HTML in it."""

import html
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.mastodon.intake import MAX_OWN, Intake
from streams.sources.mastodon.receiver import Event
from streams.sources.mastodon.statuses import MAX_KNOWN, Account, Status, StatusReader
from streams.sources.plain_text import plain_text
from streams.sources.post_queue import PostQueue

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
TEXTS = st.text(max_size=200)
MARKUP = st.lists(
    st.sampled_from(["<p>", "</p>", "<br>", "<a href='x'>", "</a>", "<![x[", "<!--", "&amp;", "&#0;", "<", "<script>"])
    | TEXTS
).map("".join)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat())
ACCOUNTS = st.fixed_dictionaries(
    {"acct": st.sampled_from(["ann", "Acme", "bob@far.example", ""])},
    optional={"followers_count": st.integers(-1, 10**9), "indexable": st.none() | st.booleans()},
)


def statuses(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"id": st.text(min_size=1, max_size=9), "uri": st.text(min_size=1, max_size=99), "created_at": TIMES}
        | {"account": ACCOUNTS},
        optional={
            "content": MARKUP,
            "spoiler_text": st.none() | TEXTS,
            "visibility": st.sampled_from(["public", "unlisted", "private", "direct", "of tomorrow"]),
            "language": st.none() | st.text(max_size=50),
            "in_reply_to_id": st.none() | st.text(max_size=9),
            "edited_at": st.none() | TIMES,
            "reblog": st.none() | inner,
            "quote": st.none() | st.fixed_dictionaries({"state": TEXTS}, optional={"quoted_status": inner}),
            "reblogs_count": st.integers(0, 10**9),
            "mentions": st.lists(ACCOUNTS, max_size=2),
            "tags": st.lists(st.fixed_dictionaries({"name": TEXTS}), max_size=2),
            "media_attachments": st.lists(st.fixed_dictionaries({"description": st.none() | TEXTS}), max_size=2),
            "card": st.none() | st.fixed_dictionaries({"title": TEXTS, "url": TEXTS}),
            "of_tomorrow": TEXTS,
        },
    )


@given(statuses(statuses(st.none())))
def test_every_status_in_mastodon_s_form_becomes_a_post_or_is_refused(shown: dict[str, Any]) -> None:
    status = msgspec.json.decode(msgspec.json.encode(shown), type=Status)
    reader = StatusReader("social.example", frozenset(("acme@social.example",)))
    post = reader.post(status, NOW)
    assert reader.refusal(status) in (None, "private", "not_indexable")
    assert post.created_at <= NOW
    assert post.id == status.uri
    assert (post.kind == "repost") == (post.repost_of is not None)
    assert post.author is not None
    assert "@" in post.author


@given(st.lists(TEXTS))
def test_the_words_of_a_text_survive_being_written_as_html(texts: list[str]) -> None:
    markup = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
    assert plain_text(markup).split() == " ".join(texts).split()


@given(MARKUP)
def test_html_however_broken_becomes_some_text(markup: str) -> None:
    assert plain_text(markup) == plain_text(markup).strip()


@given(st.recursive(st.none() | st.integers() | TEXTS, lambda inner: st.dictionaries(TEXTS, inner) | st.lists(inner)))
def test_a_frame_of_any_other_form_is_refused_and_never_an_accident(frame: Any) -> None:
    try:
        msgspec.json.decode(msgspec.json.encode(frame), type=Event)
    except msgspec.ValidationError:
        return
    assert isinstance(frame, dict)


def test_what_is_remembered_of_a_server_is_bounded() -> None:
    reader = StatusReader("social.example", frozenset(("acme@social.example",)))
    intake = Intake(reader, PostQueue(), (), lambda: NOW)
    for number in range(MAX_KNOWN + 10):
        intake.published(Status(id=str(number), uri=f"u{number}", created_at=NOW, account=Account(acct="acme")))
    assert len(intake.own) == MAX_OWN
    assert intake.own[-1][0] == str(MAX_KNOWN + 9)
    assert reader.local_id("u0") is None
    assert reader.local_id("u10") == "10"
