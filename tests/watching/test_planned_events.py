"""What a brand has planned explains a surge, and never people who are negative."""

import json
from typing import Any

import pytest

from detectors.negativity import NegativityModel
from streams.errors import ConfigError
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.settings.config import Config, parse
from tests.helpers.records import QUIET_DAYS, in_order, quiet, wave

SALE = """
[[planned]]
brand = "{brand}"
name = "summer sale"
begins = {begins}
ends = {ends}
"""
WINDOW = {"brand": "Acme", "begins": "2024-03-09T09:00:00Z", "ends": "2024-03-09T12:00:00Z"}


def told(config: Config, rating: float) -> list[dict[str, Any]]:
    """The incident events of a wave of mentions at nine o'clock, of one tone."""
    lines = in_order(quiet(days=QUIET_DAYS + 2), wave(150, 120, rating=rating))
    pipeline = Pipeline(config, NegativityModel.load())
    events, _ = replay((Message("record", number, line) for number, line in enumerate(lines)), pipeline)
    return [event for each in events if (event := json.loads(each.to_json()))["type"] == "incident"]


def planned(**changes: str) -> Config:
    return parse(SALE.format(**(WINDOW | changes)), {})


def test_a_surge_in_its_window_is_told_as_planned() -> None:
    [opened, *_] = told(planned(), rating=1)
    assert (opened["severity"], opened["planned"]) == ("watch", "summer sale")
    assert "planned: summer sale" in opened["summary"]


@pytest.mark.parametrize(
    "changes",
    [{"brand": "Other"}, {"begins": "2024-03-08T09:00:00Z", "ends": "2024-03-08T12:00:00Z"}],
    ids=["of another brand", "at another time"],
)
def test_a_surge_that_is_not_planned_is_told_as_ever(changes: dict[str, str]) -> None:
    assert told(planned(**changes), rating=1) == told(Config(), rating=1)


def test_growing_negativity_in_the_window_is_told_as_if_nothing_were_planned() -> None:
    plain, in_sale = told(Config(), rating=-1), told(planned(), rating=-1)
    assert [event["severity"] for event in in_sale] == [event["severity"] for event in plain]
    for event, same in zip(in_sale, plain, strict=True):
        if event["severity"] in {"warning", "critical"}:
            assert event == same


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"begins": "2024-03-09T09:00:00"}, "planned.begins: expected a time with a zone"),
        ({"ends": "2024-03-09T08:00:00Z"}, "planned.ends: expected a time after 2024-03-09T09:00:00"),
        ({"ends": "2024-05-09T08:00:00Z"}, "planned.ends: expected at most 31 days after"),
    ],
)
def test_a_window_that_cannot_be_right_is_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        planned(**changes)
