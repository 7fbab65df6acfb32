from detectors.criteria.reach import Reach
from detectors.observation import Observation, Post
from detectors.severity import Severity
from tests.helpers.crowds import said, voice


def post(key: int, reach: int, reposts: int = 0, negative: bool = True) -> Post:
    return Post(f"p{key}", key, reach, reposts, negative)


def spread(reach: Reach, key: int, reposters: int, followers: int, minute: int = 10) -> None:
    for i in range(reposters):
        reach.learn(said(minute + i, voice(i, origin=key, negative=True, followers=followers)), calm=True)


def test_a_negative_post_of_ordinary_reach_is_never_significant() -> None:
    reach = Reach()
    for minute in range(500):
        reach.learn(said(minute, voice(minute), posts=(post(minute, 2_000),)), calm=True)
    assert reach.significant(500) == ()


def test_a_post_that_is_passed_on_to_many_followers_is_significant() -> None:
    reach = Reach()
    reach.learn(said(0, voice(99, negative=True), posts=(post(7, 300),)), calm=True)
    spread(reach, 7, reposters=12, followers=5_000)
    assert reach.significant(300) == ("p7",)


def test_a_friendly_post_that_is_passed_on_is_not() -> None:
    reach = Reach()
    reach.learn(said(0, voice(99), posts=(post(7, 90_000, negative=False),)), calm=True)
    for i in range(30):
        reach.learn(said(i + 1, voice(i, origin=7, followers=9_000)), calm=True)
    assert reach.significant(300) == ()


def test_followers_alone_are_not_reach_unless_they_are_very_many() -> None:
    reach = Reach(least=50_000)
    reach.learn(said(0, voice(1), posts=(post(1, 80_000),)), calm=True)
    assert reach.significant(300) == ()
    reach.learn(said(1, voice(2), posts=(post(2, 900_000),)), calm=True)
    assert reach.significant(300) == ("p2",)


def test_a_brand_whose_posts_always_reach_many_needs_more() -> None:
    reach = Reach()
    for minute in range(2_000):
        reach.learn(said(minute, voice(minute), posts=(post(10_000 + minute, 100_000, negative=False),)), calm=True)
    reach.learn(said(3_000, voice(1), posts=(post(7, 100_000, 500),)), calm=True)
    spread(reach, 7, reposters=15, followers=1_000, minute=3_001)
    assert reach.significant(3_020) == ()


def test_growth_of_the_repost_count_is_enough_without_seeing_the_reposts() -> None:
    reach = Reach()
    reach.learn(said(0, voice(1), posts=(post(7, 60_000, 1),)), calm=True)
    assert reach.significant(300) == ()
    reach.learn(Observation(9, 1, 1, [], 1.0, [post(7, 60_000, 40)]), calm=True)
    assert reach.significant(300) == ("p7",)


def test_only_so_many_posts_are_followed_and_the_far_reaching_stay() -> None:
    reach = Reach(most=10)
    reach.learn(said(0, voice(1), posts=(post(1, 400_000, 3),)), calm=True)
    for k in range(2, 200):
        reach.learn(said(k, voice(k), posts=(post(k, 50),)), calm=True)
    assert len(reach.posts) <= 10
    assert 1 in reach.posts


def test_a_post_not_seen_for_hours_is_over() -> None:
    reach = Reach(window=360)
    reach.learn(said(0, voice(99, negative=True), posts=(post(7, 90_000, 50),)), calm=True)
    spread(reach, 7, reposters=12, followers=5_000)
    assert reach.significant(100) == ("p7",)
    assert reach.significant(1_000) == ()


def asked(reach: Reach, end: int) -> Severity:
    holding = reach.holds(end)
    return Severity.CALM if holding is None else holding.severity


def test_a_post_of_exceptional_reach_is_a_watch_whatever_its_tone() -> None:
    for reached, reposts in ((182_000, 420), (60_000, 250), (3_000_000, 0)):
        reach = Reach()
        for minute in range(100):
            reach.learn(said(minute, voice(minute), posts=(post(1_000 + minute, 300, negative=False),)), calm=True)
        reach.learn(said(200, voice(1), posts=(post(7, reached, reposts, negative=False),)), calm=True)
        assert asked(reach, 201) is Severity.WATCH
        reach.learn(said(201, voice(1), posts=(post(7, reached, reposts, negative=True),)), calm=True)
        assert asked(reach, 202) is Severity.WARNING


def test_a_post_of_another_tone_that_few_pass_on_or_that_is_not_exceptional_is_nothing() -> None:
    for usual, reached, reposts in ((300, 182_000, 40), (300, 40_000, 4_000), (50_000, 182_000, 420)):
        reach = Reach()
        for minute in range(1_000):
            reach.learn(said(minute, voice(minute), posts=(post(1_000 + minute, usual, negative=False),)), calm=True)
        reach.learn(said(1_200, voice(1), posts=(post(7, reached, reposts, negative=False),)), calm=True)
        assert asked(reach, 1_201) is Severity.CALM


def test_an_update_without_a_text_keeps_the_tone_of_its_publication() -> None:
    reach = Reach()
    reach.learn(said(0, voice(1), posts=(post(7, 40),)), calm=True)
    reach.learn(Observation(9, 0, 0, [], 1.0, [Post("p7", 7, 900_000, 9_000, None)]), calm=True)
    assert asked(reach, 10) is Severity.WARNING


def test_a_restored_criterion_goes_on_as_if_nothing_had_happened() -> None:
    reach, other = Reach(), Reach()
    reach.learn(said(0, voice(1), posts=(post(7, 182_000, 420, negative=False),)), calm=True)
    other.restore(reach.state())
    assert other.holds(1) == reach.holds(1) is not None
