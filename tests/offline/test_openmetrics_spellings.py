"""What the reader of a replay's metrics can rely on: two spellings of one brand hide nothing of each other."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.main import main
from streams.metrics.label_cap import OTHER, clean_label
from tests.helpers.records import CRISIS_AT, DAY, HOUR, QUIET_DAYS, in_order, quiet, wave

SPELLINGS = {
    "a letter of another script": ("Acme", "\u0410cme"),
    "a space that does not break": ("3 Suisses", "3\u00a0Suisses"),
    "a character without width": ("Acme", "Ac\u200bme"),
    "a space at the end": ("Acme", "Acme "),
    "upper and lower case": ("Acme", "ACME"),
    "an apostrophe of another kind": ("L'Oréal", "L\u2019Oréal"),
    "the name of the label for the rest": (OTHER, "Other"),
}
SEVERITY = re.compile(r'^badbuzz_incident_severity{installation="badbuzz",brand="([^"]*)"} (\S+) (\S+)$', re.MULTILINE)
FIRST_S = 6 * DAY


def replayed(
    folder: Path, crisis: str, calm: str, calm_from: float
) -> tuple[dict[str, dict[float, float]], list[dict[str, str]]]:
    """Severity over time by label of a record in which one spelling has a crisis and the other none, and the events."""
    ordinary = quiet(crisis, days=QUIET_DAYS + 0.7), quiet(calm, days=QUIET_DAYS + 0.7, seed=2, every=300.0)
    lines = in_order(
        [row for row in ordinary[0] if row[0] > FIRST_S],
        [row for row in ordinary[1] if row[0] > calm_from],
        wave(120, 90, rating=-1, brand=crisis),
        wave(40, 300, rating=-0.5, brand=crisis, at=CRISIS_AT + 3 * HOUR),
    )
    record, text = folder / "record.jsonl", folder / "record.om"
    # As a program writes it that leaves letters as they are.
    record.write_text("".join(f"{json.dumps(json.loads(line), ensure_ascii=False)}\n" for line in lines))
    done = CliRunner().invoke(main, ["replay", "--json", "--openmetrics", str(text), str(record)])
    assert done.exit_code == 0, done.output
    events = [json.loads(line) for line in done.output.splitlines()][:-1]
    severity: dict[str, dict[float, float]] = {}
    for brand, value, at in SEVERITY.findall(text.read_text("utf-8")):
        of_brand = severity.setdefault(brand, {})
        assert float(at) not in of_brand, "a series has two values at one time"
        of_brand[float(at)] = float(value)
    return severity, events


@pytest.mark.parametrize("calm_from", [FIRST_S, FIRST_S + DAY], ids=["calm first", "crisis first"])
@pytest.mark.parametrize("spellings", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_the_calm_spelling_hides_no_minute_of_the_crisis_of_the_other(
    spellings: tuple[str, str], calm_from: float, tmp_path: Path
) -> None:
    crisis, calm = spellings
    severity, events = replayed(tmp_path, crisis, calm, calm_from)
    assert {event["brand"] for event in events} == {crisis}
    critical = next(event["at"] for event in events if event["severity"] == "critical")
    since = datetime.fromisoformat(critical).astimezone(UTC).timestamp()
    later = {at: value for at, value in severity[clean_label(crisis)].items() if at > since}
    assert later
    assert set(later.values()) == {3.0}
    if clean_label(calm) != clean_label(crisis):
        assert set(severity[clean_label(calm)].values()) == {0.0}
