"""What an operator can rely on: few requests, spent on the negative posts that spread most."""

from datetime import timedelta

from streams.collecting.recounting import AGES, MAX_CANDIDATES, MOST, RETENTION, Recounting
from tests.collecting.parts import Grim
from tests.sources.fakes.scripted_source import START, post

ACME = ("Acme",)


def test_the_most_reposted_are_chosen() -> None:
    recounting = Recounting(Grim(), 0.5)
    recounting.note([(post(n, "awful", created_at=START), ACME) for n in range(MOST + 30)])
    shared = [f"p{n}" for n in range(30, MOST + 30)]
    recounting.note([(post(1000, "awful", id=f"r{each}", kind="repost", repost_of=each), ACME) for each in shared])
    assert sorted(recounting.due(START + AGES[0])) == sorted(shared)


def test_each_post_is_read_again_at_each_age_once() -> None:
    recounting = Recounting(Grim(), 0.5)
    recounting.note([(post(0, "awful"), ACME)])
    minutes = [n for n in range(180) if recounting.due(START + timedelta(minutes=n))]
    assert minutes == [2, 5, 15, 60]


def test_a_long_pause_brings_one_look_and_not_one_for_each_age_missed() -> None:
    recounting = Recounting(Grim(), 0.5)
    recounting.note([(post(0, "awful"), ACME)])
    assert recounting.due(START + timedelta(hours=2)) == ["p0"]
    assert recounting.due(START + timedelta(hours=3)) == []


def test_what_the_brand_says_itself_is_not_read_again() -> None:
    recounting = Recounting(Grim(), 0.5)
    recounting.note([(post(0, "awful", official=True), ACME)])
    assert recounting.due(START + AGES[0]) == []


def test_memory_is_bounded_by_number_and_by_age() -> None:
    recounting = Recounting(Grim(), 0.5)
    recounting.note([(post(n, "awful", created_at=START), ACME) for n in range(MAX_CANDIDATES + 5)])
    assert not recounting.brands("p4")
    assert recounting.brands("p5") == ACME
    recounting.due(START + RETENTION + timedelta(seconds=1))
    assert not recounting.brands("p5")
