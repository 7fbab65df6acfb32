"""Copies are told from cross-posts and shares, and a stored memory goes on as if nothing had happened."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.copied_texts import CopiedTexts, Text, Verdict
from detectors.fresh_voices import FreshCounts, FreshVoices
from detectors.observation import Voice
from tests.helpers.crowds import voice

SAMPLES = (10, 11, 12, 13, 14)
"""The key of a text's words, and the samples of its runs."""


def texts_of(*voices: Voice, partial: Verdict = Verdict.UNDECIDED) -> list[Text]:
    texts = CopiedTexts()
    return [texts.place(0, one, 1, oldest=0, partial=partial)[0] for one in voices]


def test_the_same_text_on_another_network_is_a_cross_post_and_on_the_same_one_a_copy() -> None:
    here, there = voice(1, text=9), voice(1, text=9, network=5)
    assert texts_of(here, there, voice(2, text=9), voice(3, text=9, network=5)) == [
        Text.NEW,
        Text.CROSS_POST,
        Text.COPY,
        Text.COPY,
    ]


def test_the_shares_of_an_article_are_no_copies() -> None:
    assert texts_of(*(voice(i, text=9, shared=True) for i in range(3))) == [Text.NEW, Text.SHARE, Text.SHARE]


def test_an_authors_own_text_again_is_no_copy() -> None:
    assert texts_of(voice(1, text=9), voice(1, text=9)) == [Text.NEW, Text.OWN]


def test_the_same_key_of_words_makes_a_copy_and_samples_in_common_a_partial_one() -> None:
    one = voice(1, text=1, samples=SAMPLES)
    near, partial = voice(2, text=2, samples=(10, 96, 97, 98, 99)), voice(3, text=3, samples=(95, 11, 12, 13, 14))
    assert texts_of(one, near, partial) == [Text.NEW, Text.COPY, Text.PARTIAL]


def test_an_article_shared_by_many_is_a_crowd_whose_tone_counts_once() -> None:
    f = FreshVoices()
    counts = f.count(0, [voice(i, text=9, shared=True, negative=True) for i in range(50)], 1.0)
    assert counts == FreshCounts(50, 1, 0, 50)


def test_cross_posts_are_no_voices() -> None:
    f = FreshVoices()
    said = [voice(i, text=i + 1, negative=True, network=network) for network in range(3) for i in range(20)]
    assert f.count(0, said, 1.0) == FreshCounts(20, 20, 0, 20)


def test_the_first_voice_of_a_text_is_withdrawn_once_three_have_pasted_it() -> None:
    f = FreshVoices()
    f.count(0, [voice(1, text=9, negative=True)], 1.0)
    f.count(5, [voice(2, text=9, negative=True)], 1.0)
    assert f.drain_withdrawn() == []
    f.count(7, [voice(3, text=9, negative=True)], 1.0)
    assert f.drain_withdrawn() == [(0, FreshCounts(-1, -1, 1, 0))]
    f.count(9, [voice(4, text=9, negative=True)], 1.0)
    assert f.drain_withdrawn() == []


def test_partial_copies_count_as_the_verdict_says() -> None:
    def counted(partial: Verdict) -> FreshCounts:
        f = FreshVoices()
        f.count(0, [voice(1, text=1, samples=SAMPLES)], 1.0)
        other = voice(2, text=2, samples=(99, 11, 98, 97, 96), negative=True)
        return f.count(1, [other], 1.0, partial=partial)

    assert counted(Verdict.UNDECIDED) == counted(Verdict.COPIES) == FreshCounts(0, 0, 0, 1, 1, 1, 1)
    assert counted(Verdict.OWN) == FreshCounts(1, 1, 0, 1, 1)


VOICES = st.builds(
    voice,
    st.integers(1, 12),
    text=st.integers(0, 6),
    samples=st.just(()) | st.tuples(*[st.integers(10 * k, 10 * k + 2) for k in range(1, 6)]),
    negative=st.booleans(),
    network=st.integers(0, 1),
    shared=st.booleans(),
)
MINUTES = st.tuples(
    st.integers(1, 700), st.lists(VOICES, max_size=6, unique_by=lambda v: v.author), st.sampled_from(Verdict)
)


@settings(deadline=None)
@given(st.lists(MINUTES, min_size=1, max_size=30), st.integers(0, 30))
def test_a_restored_memory_continues_the_same_wherever_it_is_cut(
    minutes: list[tuple[int, list[Voice], Verdict]], cut: int
) -> None:
    one, other, now = FreshVoices(), FreshVoices(), 0
    for n, (step, voices, partial) in enumerate(minutes):
        now += step
        if n == cut:
            for minute, authors, texts, sets in msgspec.msgpack.decode(
                msgspec.msgpack.encode([[m, *one.row(m)] for m in one.rows])
            ):
                other.restore_row(minute, authors, texts, sets)
        counts = one.count(now, voices, 1.0, partial=partial)
        withdrawn = one.drain_withdrawn()
        if n >= cut:
            assert other.count(now, voices, 1.0, partial=partial) == counts
            assert other.drain_withdrawn() == withdrawn
