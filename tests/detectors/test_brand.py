import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.brand import BrandDetector
from detectors.change import Change
from detectors.errors import StateError
from detectors.minutes import DAY_MINUTES
from detectors.observation import Observation, Post, Voice
from tests.helpers.crowds import people, quiet, said, voice, watch


def trained(days: int = 8) -> BrandDetector:
    detector = BrandDetector()
    watch(detector, quiet(days))
    return detector


def severities(changes: list[Change]) -> list[str]:
    return [c.severity for c in changes]


def test_chance_alone_opens_an_incident_less_than_once_in_ten_weeks() -> None:
    opened = 0
    for seed, every in enumerate([240, 60, 60, 20, 20, 5]):
        changes = watch(BrandDetector(), quiet(days=28, every=every, share=0.2, seed=seed))
        opened += sum(c.previous == "calm" for c in changes)
    assert opened <= 2


def test_isolated_negative_mentions_are_never_an_incident() -> None:
    detector = trained()
    alone = [said(8 * DAY_MINUTES + h * 60, voice(h + 1, negative=True)) for h in range(0, 200, 7)]
    assert watch(detector, alone) == []


def test_a_growing_anger_is_a_warning_then_critical_then_calm_again() -> None:
    detector = trained()
    changes = watch(detector, people(8 * DAY_MINUTES, minutes=120, each=2, share=0.9))
    assert severities(changes)[-2:] == ["warning", "critical"]
    critical = changes[-1]
    assert "negative_growth" in critical.criteria
    assert critical.observed > critical.expected
    assert critical.authors >= critical.negatives > 20
    assert critical.since == changes[0].minute
    assert severities(detector.advance(10 * DAY_MINUTES)) == ["calm"]


def test_a_positive_surge_is_watched_and_no_more() -> None:
    detector = trained()
    changes = watch(detector, people(8 * DAY_MINUTES, minutes=300, each=2, share=0.1))
    assert severities(changes) == ["watch"]
    assert changes[0].criteria == ("surge",)


def test_a_promotion_that_turns_to_anger_is_a_warning_within_the_hour() -> None:
    detector = trained()
    watch(detector, people(8 * DAY_MINUTES, minutes=600, each=2, share=0.1))
    changes = watch(detector, people(8 * DAY_MINUTES + 600, minutes=60, each=3, share=0.9, seed=9))
    assert severities(changes)[0] == "warning"


def test_one_author_who_posts_all_day_pages_nobody() -> None:
    storm = [said(8 * DAY_MINUTES + m, voice(5, text=m + 1, negative=True), mentions=3) for m in range(0, 600, 2)]
    assert watch(trained(), storm) == []


def test_a_flood_of_copies_is_a_watch_by_itself_and_is_called_coordinated() -> None:
    detector = trained()
    flood = [
        said(8 * DAY_MINUTES + m, *(voice(m * 10 + i + 1, text=1 + (m * 10 + i) % 3, negative=True) for i in range(5)))
        for m in range(180)
    ]
    changes = watch(detector, flood)
    assert [(change.severity, change.criteria) for change in changes] == [("watch", ("coordinated",))]
    assert changes[0].observed == changes[0].copies >= 8
    assert detector.readings(detector.now).copies > 250
    [closed] = detector.advance(detector.now + 2 * DAY_MINUTES)
    assert closed.severity == "calm"
    assert 8 * 60 <= closed.minute - (8 * DAY_MINUTES + 180) <= 10 * 60


def test_voices_that_turn_out_to_be_copies_take_back_the_warning_they_raised_and_once_only() -> None:
    detector, start = trained(), 8 * DAY_MINUTES
    first = [
        said(start + m, *(voice(m * 10 + i + 1, text=m * 10 + i + 1, negative=True) for i in range(4))) for m in (0, 1)
    ]
    assert severities(watch(detector, first))[-1] == "warning"
    pasted = [
        said(start + m, *(voice(m * 100 + i, text=i % 4 + 1 + 10 * (m % 2), negative=True) for i in range(8)))
        for m in range(2, 9)
    ]
    assert severities(watch(detector, pasted)) == ["watch"]
    angry = people(start + 10, minutes=30, each=2, share=1.0)
    more = [
        said(start + m, *(voice(m * 100 + i, text=90 + i % 4, negative=True) for i in range(8))) for m in (60, 61, 62)
    ]
    assert severities(watch(detector, [*angry, *more])) == ["warning", "critical"]


def test_people_beside_a_flood_are_judged_as_without_it() -> None:
    alone, beside = trained(), trained()
    crowd = people(8 * DAY_MINUTES, minutes=120, each=1, share=0.9)
    flood = [voice(10**6 + i, text=7, negative=True) for i in range(120)]
    both = [o._replace(mentions=2, voices=sorted([*o.voices, copy])) for o, copy in zip(crowd, flood, strict=True)]
    expected = [(c.minute, c.severity) for c in watch(alone, crowd) if c.severity != "watch"]
    got = {c.severity: c.minute for c in watch(beside, both)}
    assert [severity for _, severity in expected] == ["warning", "critical"]
    assert all(abs(got[severity] - minute) <= 15 for minute, severity in expected)


def test_partial_copies_are_a_crowds_own_words_where_none_is_repeated_whole() -> None:
    detector, start = trained(), 8 * DAY_MINUTES
    told = [
        said(
            start + m,
            voice(m + 1, text=10_000 + m, samples=(m + 500, m % 5 + 1, m % 7 + 10, m + 1000, m + 3000), negative=True),
        )
        for m in range(100)
    ]
    assert severities(watch(detector, told))[-1] == "critical"
    assert "coordinated" not in detector.readings(detector.now).criteria


def test_partial_copies_are_copies_where_some_are_repeated_whole() -> None:
    detector, start = trained(), 8 * DAY_MINUTES
    assembled = [
        said(
            start + m,
            voice(
                m + 1,
                text=10_000 + m * m % 40,
                samples=(m + 500, m % 5 + 1, m % 7 + 10, m + 1000, m + 3000),
                negative=True,
            ),
        )
        for m in range(100)
    ]
    changes = watch(detector, assembled)
    assert changes[-1].severity == "watch"
    assert changes[-1].minute <= start + 20
    assert "coordinated" in detector.readings(detector.now).criteria


def test_what_is_usual_is_learned_from_every_voice_of_a_feeds_first_day_in_whatever_words() -> None:
    alike, plain = BrandDetector(), BrandDetector()
    for m in range(0, DAY_MINUTES, 15):
        # One in eight shares words with others: too few to be judged before the day is over.
        shares = m % 120 == 0
        watch(alike, [said(m, voice(m + 1, text=m + 1, samples=(m + 500, 1, m + 1000) if shares else ()))])
        watch(plain, [said(m, voice(m + 1))])
    end = 2 * DAY_MINUTES
    assert alike.advance(end) == plain.advance(end) == []
    watch(alike, [said(end, voice(1))])
    watch(plain, [said(end, voice(1))])
    assert alike.expected(end, end + 60) == plain.expected(end, end + 60)


def test_a_negative_post_that_reaches_very_many_is_a_warning_that_names_it() -> None:
    detector = trained()
    watch(detector, [said(8 * DAY_MINUTES, voice(1, negative=True), posts=(Post("p", 7, 20_000, 0, True),))])
    reposts = [said(8 * DAY_MINUTES + i, voice(100 + i, origin=7, followers=9_000)) for i in range(1, 16)]
    changes = watch(detector, reposts)
    assert changes[-1].severity == "warning"
    assert "reach" in changes[-1].criteria
    assert changes[-1].posts == ("p",)


def test_a_first_day_is_learned_and_never_alerts() -> None:
    assert watch(BrandDetector(), people(0, minutes=DAY_MINUTES, each=2, share=0.6)) == []


def test_a_feed_that_starts_busy_does_not_alert_on_its_second_day_either() -> None:
    assert watch(BrandDetector(), quiet(days=3, every=2, share=0.5)) == []


def test_after_an_incident_only_more_than_its_peak_pages_again() -> None:
    detector = trained()
    watch(detector, people(8 * DAY_MINUTES, minutes=60, each=2, share=0.9))
    watch(detector, quiet(days=1, start=8 * DAY_MINUTES + 60))
    assert not detector.incident.open
    assert watch(detector, people(9 * DAY_MINUTES + 100, minutes=20, each=2, share=0.9)) == []
    more = watch(detector, people(9 * DAY_MINUTES + 120, minutes=90, each=5, share=0.9, seed=8))
    assert "warning" in severities(more)


def test_the_factor_is_left_out_where_next_to_nothing_is_expected() -> None:
    detector = BrandDetector()
    watch(detector, [said(0, voice(1))])
    changes = watch(detector, people(90 * DAY_MINUTES, minutes=10, each=1, share=0.9))
    assert changes[0].factor is None


def test_minutes_must_rise() -> None:
    detector = BrandDetector()
    detector.observe(said(10, voice(1)))
    with pytest.raises(ValueError, match="strictly increasing"):
        detector.observe(said(10, voice(2)))


STORY = st.lists(
    st.tuples(st.integers(1, 900), st.integers(1, 6), st.integers(0, 4), st.booleans()), min_size=1, max_size=60
)


def spoken(n: int, i: int, text: int, negative: bool) -> Voice:
    """A voice with a short text that others have too, or a longer one assembled from few parts."""
    author, network = n * 10 + i + 1, i % 2
    if text < 2:
        return voice(author, text=text, negative=negative, network=network)
    samples = (100 + n * i % 9, 200 + text * i % 5, 300 + (n + i) % 4, 400 + (text + n) % 3, 500 + text)
    return voice(author, text=1000 + author, samples=samples, negative=negative, network=network)


def observations_of(story: list[tuple[int, int, int, bool]]) -> list[Observation]:
    minute, out = 8 * DAY_MINUTES, []
    for n, (gap, voices, text, negative) in enumerate(story):
        # Most gaps are short, so that incidents do open.
        minute += gap if gap > 700 else 1 + gap % 7
        out.append(said(minute, *(spoken(n, i, text, negative) for i in range(voices))))
    return out


@settings(max_examples=40, deadline=None)
@given(STORY, st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_silence_advanced_in_any_steps_gives_the_same_changes_to_the_last_digit(
    story: list[tuple[int, int, int, bool]], cuts: list[int]
) -> None:
    whole, cut = trained(3), trained(3)
    changes, pieces = [], []
    for n, o in enumerate(observations_of(story)):
        changes += whole.observe(o)
        at = cut.now
        while (at := at + cuts[n % len(cuts)]) < o.minute:
            pieces += cut.advance(at)
        pieces += cut.observe(o)
    end = whole.now + 20_000
    changes += whole.advance(end)
    for at in range(whole.now - 20_000, end, 333):
        pieces += cut.advance(at)
    pieces += cut.advance(end)
    assert pieces == changes
    assert cut.state() == whole.state()


@settings(max_examples=40, deadline=None)
@given(STORY, st.integers(0, 59), st.integers(0, 5000))
def test_a_restored_detector_continues_to_the_last_digit(
    story: list[tuple[int, int, int, bool]], at: int, silence: int
) -> None:
    one = trained(3)
    observations = observations_of(story)
    watch(one, observations[:at])
    one.advance(min(one.now + silence, observations[at].minute if at < len(observations) else 10**9))
    stored = msgspec.msgpack.encode([one.state(), [[m, row] for m, row in one.recent_rows().items()]])
    assert len(json.dumps(one.state())) <= 16_384
    state, rows = msgspec.msgpack.decode(stored)
    other = BrandDetector.restore(None, state, dict(rows))
    assert watch(one, observations[at:]) == watch(other, observations[at:])
    assert one.advance(10**8) == other.advance(10**8)
    assert one.state() == other.state()


def test_the_learned_state_stays_small_whatever_was_seen() -> None:
    detector = trained(2)
    for m in range(2 * DAY_MINUTES, 2 * DAY_MINUTES + 200):
        crowd = [voice(m * 100 + i, text=m * 100 + i, origin=m, negative=True, followers=10**8) for i in range(50)]
        detector.observe(said(m, *crowd, posts=tuple(Post("i" * 128, m * 9 + k, 10**9, 10**9, True) for k in range(9))))
    assert len(json.dumps(detector.state())) <= 16_384


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(StateError, match="expected version 4, got 0"):
        BrandDetector.restore(None, {**BrandDetector().state(), "version": 0}, {})
