"""Reposts and quotes inherit brands for two days, through restarts, in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.collecting.remembered_posts import KEEP_MS, MAX_TEXT, RememberedPost, RememberedPosts
from streams.errors import InputError

HOUR = 3_600_000


def test_a_post_is_remembered_for_two_days_and_no_longer() -> None:
    posts = RememberedPosts()
    posts.remember("1", ("Acme",), "hi", at_ms=0)
    posts.remember("2", ("Acme",), "hi", at_ms=HOUR)
    posts.expire(now_ms=KEEP_MS)
    assert posts.find("1") == RememberedPost(("Acme",), "hi", 0)
    posts.expire(now_ms=KEEP_MS + 1)
    assert posts.find("1") is None
    assert posts.find("2") is not None


def test_nothing_is_found_for_a_post_that_refers_to_none() -> None:
    assert RememberedPosts().find(None) is None


def test_a_post_seen_again_adds_its_brands_and_is_written_only_if_they_changed() -> None:
    posts = RememberedPosts()
    posts.remember("1", ("Acme",), "hi", at_ms=0)
    assert len(list(posts.take_changes())) == 1
    posts.remember("1", ("Acme",), "hi", at_ms=HOUR)
    assert list(posts.take_changes()) == []
    posts.remember("1", ("Orange",), "hi", at_ms=HOUR)
    assert [post_id for post_id, _ in posts.take_changes()] == ["1"]
    assert posts.find("1") == RememberedPost(("Acme", "Orange"), "hi", 0)


def test_a_post_about_no_brand_is_not_remembered() -> None:
    posts = RememberedPosts()
    posts.remember("1", (), "hi", at_ms=0)
    assert (len(posts), list(posts.take_changes())) == (0, [])


def test_beyond_its_capacity_the_oldest_is_forgotten_with_a_tombstone() -> None:
    posts = RememberedPosts(capacity=2)
    for number in range(3):
        posts.remember(str(number), ("Acme",), "hi", at_ms=number)
    assert len(posts) == 2
    assert [post_id for post_id, row in posts.take_changes() if row is None] == ["0"]


def test_a_long_text_is_cut() -> None:
    posts = RememberedPosts()
    posts.remember("1", ("Acme",), "x" * 20_000, at_ms=0)
    found = posts.find("1")
    assert found is not None
    assert len(found.text) == MAX_TEXT


def test_a_row_of_another_version_is_one_clear_error() -> None:
    with pytest.raises(InputError, match="remembered post '1': expected brands, text and a time"):
        RememberedPosts.restore([("1", b'{"v":2}')])


def test_what_is_restored_in_any_order_expires_oldest_first() -> None:
    posts = RememberedPosts()
    posts.remember("old", ("Acme",), "hi", at_ms=0)
    posts.remember("new", ("Acme",), "hi", at_ms=HOUR)
    rows = [(post_id, row) for post_id, row in posts.take_changes() if row is not None]
    restored = RememberedPosts.restore(reversed(rows))
    restored.expire(now_ms=KEEP_MS + 1)
    assert (restored.find("old"), len(restored)) == (None, 1)


ACTIONS = st.one_of(
    st.tuples(st.just("remember"), st.sampled_from("abcdef"), st.sampled_from(["Acme", "Orange"])),
    st.tuples(st.just("forget"), st.sampled_from("abcdef"), st.just("")),
    st.tuples(st.just("expire"), st.just(""), st.just("")),
)


def run(actions: list[tuple[str, str, str]], restart_at: int | None = None) -> tuple[RememberedPosts, dict[str, bytes]]:
    """Remember, forget and expire, with a restart from the rows; return the posts and their rows."""
    posts, rows = RememberedPosts(keep_ms=5, capacity=4), dict[str, bytes]()
    for now, (action, post_id, brand) in enumerate(actions):
        if now == restart_at:
            posts = RememberedPosts.restore(reversed(rows.items()), keep_ms=5, capacity=4)
        if action == "remember":
            posts.remember(post_id, (brand,), f"text of {post_id}", at_ms=now)
        elif action == "forget":
            posts.forget(post_id)
        else:
            posts.expire(now)
        for changed, row in posts.take_changes():
            if row is None:
                rows.pop(changed, None)
            else:
                rows[changed] = row
    return posts, rows


@given(st.lists(ACTIONS), st.integers(0, 40))
def test_what_is_restored_from_its_rows_goes_on_as_if_nothing_had_happened(
    actions: list[tuple[str, str, str]], restart_at: int
) -> None:
    restarted, rows = run(actions, restart_at)
    undisturbed, _ = run(actions)
    assert [restarted.find(post_id) for post_id in "abcdef"] == [undisturbed.find(post_id) for post_id in "abcdef"]
    assert rows.keys() == {post_id for post_id in "abcdef" if restarted.find(post_id)}
