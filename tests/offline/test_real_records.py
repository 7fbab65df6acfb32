"""What holds on real records: the crises found, how often for nothing, and the same bytes whatever the order."""

import gzip
import json
import random
from datetime import datetime
from pathlib import Path

import pytest

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.settings.config import Config
from tests.benchmarks.accuracy import incident_files, incident_scores
from tests.helpers.records import damaged

FILES = ("airlines_2015", "free_fr_2024_q3", "spotify_care_2017")


def lines_of(shared: Path, name: str) -> list[bytes]:
    return gzip.decompress((shared / "data" / "incidents" / f"{name}.jsonl.gz").read_bytes()).splitlines()


def events_of(lines: list[bytes]) -> list[bytes]:
    pipeline = Pipeline(Config(), NegativityModel.load())
    events, _ = replay((Message("record", i, line) for i, line in enumerate(lines)), pipeline)
    return [event.to_json() for event in events]


@pytest.mark.timeout(900)  # every record is replayed: minutes beside other tests
def test_crises_are_found_early_and_false_pages_are_rare_with_default_settings(shared: Path, tmp_path: Path) -> None:
    assert shared.is_dir()
    got = incident_scores(tmp_path, incident_files(), {})
    assert got["found"] == got["crises"] == 17
    assert got["found_at_warning"] >= 16
    assert got["found_at_critical"] >= 10
    assert got["found_within_60_min"] >= 8
    assert got["false_warning_pages_per_brand_week"] <= 0.0116
    assert got["false_pages_per_brand_week"] <= 0.0322
    assert got["benign_paged_as_crisis"] <= 1
    assert got["coordinated_paged_critical"] == 0
    [crossout] = [row for row in got["incidents"] if row["name"] == "crossout copies"]
    assert crossout["any"]


def test_a_flood_of_copied_reviews_is_named_as_one(shared: Path) -> None:
    lines = [line for line in lines_of(shared, "steam_2025") if b'"steam:386180"' in line]
    named = [json.loads(event) for event in events_of(lines) if b'"coordinated"' in event]
    assert any("2025-01-03T10" <= event["at"] <= "2025-01-03T18" for event in named)


@pytest.mark.parametrize("name", FILES)
def test_shuffled_within_the_lateness_cut_anywhere_or_damaged_a_record_gives_the_same_bytes(
    shared: Path, name: str
) -> None:
    lines = lines_of(shared, name)
    undisturbed = events_of(lines)
    assert undisturbed
    rng = random.Random(5)
    when = [datetime.fromisoformat(json.loads(line)["created_at"]).timestamp() for line in lines]
    order = sorted(range(len(lines)), key=lambda i: when[i] + rng.uniform(0, 59))
    assert events_of([lines[i] for i in order]) == undisturbed
    assert events_of(damaged(lines, seed=3)) == undisturbed
