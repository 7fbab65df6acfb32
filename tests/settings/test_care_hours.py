"""Waiting is counted in the hours in which somebody answers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ConfigError
from streams.settings.brands.care_hours import CareHours
from streams.settings.desk import DeskSettings

PARIS = ZoneInfo("Europe/Paris")


def after(text: str, at: str, minutes: int, zone: ZoneInfo = PARIS) -> str:
    start = int(datetime.fromisoformat(at).replace(tzinfo=zone).timestamp())
    return f"{datetime.fromtimestamp(CareHours(text, zone).after(start, 60 * minutes), zone):%a %H:%M}"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2024-03-27T10:00", "Wed 11:00"),
        ("2024-03-27T17:30", "Thu 09:30"),
        ("2024-03-27T03:00", "Wed 10:00"),
        ("2024-03-29T17:30", "Mon 09:30"),  # over the change of clocks
        ("2024-03-30T12:00", "Mon 10:00"),
    ],
)
def test_an_hour_of_care_ends_in_care_hours(at: str, due: str) -> None:
    assert after("mon-fri 09:00-18:00", at, 60) == due


def test_an_objective_longer_than_a_day_of_care_goes_on_the_next_day() -> None:
    assert after("mon 09:00-10:00", "2024-03-25T09:30", 60) == "Mon 09:30"
    assert after("sat-sun 09:00-10:00", "2024-03-30T09:30", 60) == "Sun 09:30"


@given(st.integers(0, 2**31), st.integers(0, 10**6))
def test_always_is_the_clock_and_any_hours_are_never_before_it(at: int, seconds: int) -> None:
    assert CareHours("always", UTC).after(at, seconds) == at + seconds
    assert CareHours("fri-mon 22:00-23:30", PARIS).after(at, seconds) >= at + seconds


@pytest.mark.parametrize("text", ["", "9 to 5", "mon-fri 18:00-09:00", "mon-fri 09:00-24:00"])
def test_other_hours_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="care_hours"):
        DeskSettings(care_hours=text)
