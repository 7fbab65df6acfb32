"""The picture of a replay."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from streams.errors import ConfigError, InputError
from streams.picture import PictureBucket, draw
from streams.picture.labels import lanes_of
from streams.scenarios import Fact
from tests.helpers.paths import ROOT

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2012, 6, 1, tzinfo=UTC)
ALERT = START + timedelta(days=9, hours=16)
EVENTS: list[dict[str, Any]] = [
    {"at": "2012-06-10T16:01:00Z", "severity": "watch", "criteria": ["surge"]},
    {"at": "2012-06-10T17:01:00Z", "severity": "critical", "criteria": ["negative_growth", "reach"]},
    {"at": "2012-06-11T01:00:00Z", "severity": "calm", "criteria": []},
]
FACTS = [
    Fact(ALERT + timedelta(hours=3, minutes=31), "Acme answers", "paper", True, True),
    Fact(START, "long before the picture begins", "paper", False, False),
]


def buckets() -> list[PictureBucket]:
    made = []
    for minute in range(0, 60 * 24 * 10, 5):
        burst = 30 if 0 <= minute - 60 * (24 * 9 + 16) < 300 else 0
        made.append(PictureBucket(START + timedelta(minutes=minute), 1 + burst, burst // 2, 0.9, 0.1 + burst))
    return made


def picture(path: Path, **changes: Any) -> Path:
    given: dict[str, Any] = {
        "title": "Acme in June",
        "buckets": buckets(),
        "events": EVENTS,
        "facts": FACTS,
        "tz": PARIS,
    }
    return draw(path, **(given | changes))


def test_the_svg_names_events_and_their_local_times_in_words(tmp_path: Path) -> None:
    svg = picture(tmp_path / "a.svg", note="A reconstruction.").read_text(encoding="utf-8")
    for words in (
        "Acme in June",
        "18:01 watch: surge",
        "19:01 critical: negative growth + reach",
        "≈ 21:31 Acme answers",
        "first alert 3 h 30 min before the public answer",
        "Mon 11 Jun",
        "mentions per",
        "usual range",
        "A reconstruction.",
        "times: Europe/Paris",
    ):
        assert words in svg
    assert "long before" not in svg


def test_the_quiet_weeks_do_not_squeeze_the_incident(tmp_path: Path) -> None:
    svg = picture(tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "mentions per 10 min" in svg or "mentions per 15 min" in svg
    calm = picture(tmp_path / "b.svg", events=[], facts=[]).read_text(encoding="utf-8")
    assert "mentions per hour" in calm


def test_the_same_replay_gives_the_same_svg_to_the_byte_in_another_process_too(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.picture.test_picture import picture;"
        "picture(Path(sys.argv[1]))"
    )
    (tmp_path / "matplotlibrc").write_text("font.size: 30\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path), "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "b.svg")], check=True, env=environment, cwd=ROOT)
    assert picture(tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_the_png_is_of_1600_by_900_and_shows_both_tones(tmp_path: Path) -> None:
    with Image.open(picture(tmp_path / "a.png")) as image:
        assert image.size == (1600, 900)
        colours = {colour for _, colour in image.convert("RGB").getcolors(maxcolors=1 << 24) or []}
    assert {(0xD5, 0x5E, 0x00), (0x56, 0xB4, 0xE9), (0xA3, 0x19, 0x5B)} <= colours


def test_a_picture_needs_no_events_facts_expectations_or_scores(tmp_path: Path) -> None:
    one = [PictureBucket(START, 3, 1, None, None)]
    assert picture(tmp_path / "a.png", buckets=one, events=[], facts=[]).stat().st_size > 10_000


def test_many_events_are_thinned_to_the_most_severe(tmp_path: Path) -> None:
    events = []
    for hour in range(0, 60, 2):
        at = ALERT + timedelta(hours=hour)
        severity = "critical" if hour == 40 else "warning"
        events.append({"at": at.isoformat(), "severity": severity, "criteria": ["reach"]})
        events.append({"at": (at + timedelta(hours=1)).isoformat(), "severity": "calm", "criteria": []})
    svg = picture(tmp_path / "a.svg", events=events).read_text(encoding="utf-8")
    assert svg.count("warning: reach") == 7
    assert svg.count("critical: reach") == 1


def test_a_picture_of_nothing_or_of_another_kind_is_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected at least one bucket"):
        picture(tmp_path / "a.png", buckets=[])
    with pytest.raises(ConfigError, match=r"expected a path that ends in \.png or \.svg"):
        picture(tmp_path / "a.gif")
    with pytest.raises(ConfigError, match="expected a path that can be written"):
        picture(tmp_path / "missing" / "a.png")


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80)), max_size=12))
def test_no_two_labels_touch_and_no_leader_crosses_a_label(raw: list[tuple[int, int]]) -> None:
    spans = sorted((float(left), float(left + width)) for left, width in raw)
    lanes = lanes_of(spans)
    for i, (left, right) in enumerate(spans):
        for j in range(i + 1, len(spans)):
            other = spans[j][0]
            if left <= other <= right:
                # The label to the right lies lower: no overlap, and its leader ends beneath this label.
                assert lanes[j] < lanes[i]


def test_the_picture_shows_what_the_brand_owed(tmp_path: Path) -> None:
    answering = [
        {"at": "2012-06-10T17:31:00Z", "signal": "holding_due", "state": "begins", "severity": "warning"},
        {"at": "2012-06-10T18:31:00Z", "signal": "holding_due", "state": "begins", "severity": "critical"},
        {"at": "2012-06-10T21:31:00Z", "signal": "holding_due", "state": "ends", "severity": "critical"},
        {"at": "2012-06-10T22:31:00Z", "signal": "canned", "state": "begins", "severity": "info"},
    ]
    without = picture(tmp_path / "a.svg").read_text(encoding="utf-8")
    svg = picture(tmp_path / "b.svg", answering=answering).read_text(encoding="utf-8")
    assert "first word" in svg
    assert "first word" not in without
