"""Copies and near-copies have hashes in common; texts of their own have none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.copied_texts import unpack
from streams.scoring.fingerprints import MAX_LENGTH, fingerprints

CALL = "Acme is a scam, they took my money and refuse to pay it back, report them today"
TEXTS = st.lists(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            (*CALL.split(), "42", "@anna", "RT @bob:", "été", "पैसा", "老干妈", "👎", "«non»", "http://a.b/c")
        ),
        max_size=30,
    ).map(" ".join),
    min_size=1,
    max_size=6,
)


def of(text: str) -> tuple[int, ...]:
    [mark], _ = fingerprints([text])
    return unpack(mark)


def common(a: str, b: str) -> int:
    """The hashes that two texts have in common, the whole text's left out."""
    return len(set(of(a)[1:]) & set(of(b)[1:]))


@settings(deadline=None)
@given(TEXTS)
def test_a_fingerprint_does_not_depend_on_the_batch(texts: list[str]) -> None:
    apart = [fingerprints([text]) for text in texts]
    assert fingerprints(texts) == ([mark for [mark], _ in apart], [shared for _, [shared] in apart])


@pytest.mark.parametrize("changed", [f"{CALL} 4711", CALL.replace("my money", "my $357 money"), f"8) {CALL}"])
def test_other_numbers_make_a_near_copy(changed: str) -> None:
    assert of(CALL)[1:] == of(changed)[1:]
    assert of(CALL)[0] != of(changed)[0]


@pytest.mark.parametrize(
    "changed", [f"@acme {CALL}", CALL.upper(), CALL.replace(",", " –"), f"«{CALL}»…", f"{CALL} 👎👎"]
)
def test_case_punctuation_and_emoji_make_no_difference(changed: str) -> None:
    assert set(of(CALL)[1:]) == set(of(changed)[1:])


def test_a_changed_name_leaves_the_key_of_most_texts_as_it_is() -> None:
    names = ("Anna", "Bert", "Cleo", "Dora", "Emil", "Fred", "Gina", "Hugo")
    told = [
        f"Acme is a scam, they took my friend {name}'s money and refuse to pay it back, report them" for name in names
    ]
    keys = [of(text)[1] for text in told]
    assert max(map(keys.count, keys)) >= 4
    assert all(any(common(a, b) for b in told if b != a) for a in told)


def test_swapped_halves_are_the_same_words() -> None:
    assert of("Report them today, Acme is a scam, they took my money and refuse to pay it back")[0] == of(CALL)[0]


def test_a_short_text_with_another_number_is_another_text() -> None:
    assert of("delayed again by 30 minutes, well done") != of("delayed again by 45 minutes, well done")
    assert of("delayed again by 30 minutes, well done") == of("@acme Delayed again, by 30 minutes: well done!")


@pytest.mark.parametrize(
    "text", ["", "so bad", "yes me too, the same here", "@one @two @three @four @five ok", "\0\0 \0"]
)
def test_a_text_of_a_few_words_proves_no_copy(text: str) -> None:
    assert of(text) == ()


def test_texts_of_their_own_have_nothing_in_common() -> None:
    other = "I waited four weeks for my order and then they cancelled it without a single word of excuse"
    assert not set(of(CALL)) & set(of(other))


def test_a_post_of_pages_is_compared_as_a_whole() -> None:
    pages = f"{CALL}. " * (MAX_LENGTH // len(CALL) + 1)
    assert len(of(pages)) == 1
    assert of(pages) == of(pages)
    assert of(pages) != of("7 " + pages)


@pytest.mark.parametrize(
    ("text", "shared"), [(CALL, False), (f"{CALL} https://news.example/a", True), (f"RT @anna: {CALL}", True)]
)
def test_a_link_and_an_old_style_repost_are_left_out_and_marked(text: str, shared: bool) -> None:
    assert fingerprints([text]) == (fingerprints([CALL])[0], [shared])
