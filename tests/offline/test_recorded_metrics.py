"""What a person who writes the post-mortem can rely on: a past incident, in a real Prometheus, at its true time."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from deploy.local.prometheus import LocalPrometheus, binary
from streams.cli.main import main
from tests.helpers.monitoring.alert_rules import ALERTS
from tests.helpers.monitoring.queries import ANSWERED, HEALTHY, NO_VOICE, NOT_COLLECTED, REPLAYED, empty_queries
from tests.helpers.records import crisis
from tests.helpers.scenarios.scenario_lines import documented

pytestmark = pytest.mark.usefixtures("tools")

_CREATED_AT = re.compile(rb'"created_at": "([^"]+)"')


class Past(NamedTuple):
    """A Prometheus that holds a replay, and the incident and desk events of it."""

    prometheus: LocalPrometheus
    brand: str
    events: list[dict[str, Any]]
    desk: list[dict[str, Any]]

    def when(self, severity: str) -> float:
        """The time of an event, in seconds since the epoch."""
        return next(seconds(event["at"]) for event in self.events if event["severity"] == severity)


def seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def made_up() -> tuple[str, list[bytes]]:
    """A brand's crisis after a few quiet days."""
    first = b"2024-03-07"
    return "Acme", [line for line in crisis() if _CREATED_AT.findall(line)[0] >= first]


def reconstructed() -> tuple[str, list[bytes]]:
    """The documented incident of 11 June 2012, from a day before."""
    return "3 Suisses", documented("2012-06-10T00:00:00+00:00", "2012-06-12T04:00:00+00:00")


def load(home: Path, brand: str, lines: Sequence[bytes]) -> tuple[Path, list[dict[str, Any]]]:
    """Do what docs/on-call.md says: replay, make blocks, put them where Prometheus looks."""
    record, text = home / "record.jsonl", home / "record.om"
    record.write_bytes(b"\n".join(lines) + b"\n")
    done = CliRunner().invoke(main, ["replay", "--json", "--openmetrics", str(text), str(record)])
    assert done.exit_code == 0, done.output
    events = [json.loads(line) for line in done.output.splitlines()]
    blocks = home / "blocks"
    made = [binary("promtool"), "tsdb", "create-blocks-from", "openmetrics", "-q", str(text), str(blocks)]
    subprocess.run(made, check=True, capture_output=True)
    return blocks, [event for event in events if event["type"] != "summary" and event["brand"] == brand]


@pytest.fixture(scope="module", params=[made_up, reconstructed], ids=["made up", "documented"])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    make: Callable[[], tuple[str, list[bytes]]] = request.param
    home = tmp_path_factory.mktemp("past")
    brand, lines = make()
    blocks, events = load(home, brand, lines)
    config = home / "prometheus.yml"
    config.write_text("global: {}\n", encoding="utf-8")
    prometheus = LocalPrometheus(config, home / "prometheus")
    shutil.move(blocks, prometheus.data)
    with prometheus:
        incidents = [event for event in events if event["type"] == "incident"]
        yield Past(prometheus, brand, incidents, [event for event in events if event["type"] == "desk"])


def test_the_incident_is_there_at_its_true_time(past: Past) -> None:
    start, end = past.when("critical") - 86_400, past.when("critical") + 3_600
    (found,) = past.prometheus.query_range(f'badbuzz_incident_severity{{brand="{past.brand}"}}', start, end, 60)
    severity = {float(at): float(value) for at, value in found["values"]}
    assert severity[start] == 0.0
    before = 0
    for event in past.events:
        at = seconds(event["at"])
        if start <= at < end:
            rank = ("calm", "watch", "warning", "critical").index(event["severity"])
            # Sampled at each minute's end: what a minute's mentions changed is seen there.
            assert (severity[at], severity[at + 60]) == (before, rank), event["at"]
            before = rank
    assert {datetime.fromtimestamp(at, UTC).year for at in severity} == {seconds_year(past.events[0]["at"])}


def seconds_year(at: str) -> int:
    return datetime.fromisoformat(at).year


def test_figures_and_words_are_those_of_the_incident_event(past: Past) -> None:
    event = next(event for event in past.events if event["severity"] == "critical")
    at = past.when("critical") + 360  # Prometheus shows an earlier sample for five minutes
    (observed,) = past.prometheus.query("badbuzz_incident_observed_people", at)
    assert float(observed["value"][1]) == event["observed"]
    (info,) = past.prometheus.query("badbuzz_incident_info", at)
    assert info["metric"]["network"] == next(iter(event["networks"]))
    assert info["metric"]["terms"] == ", ".join(term["term"] for term in event["terms"][:5])


def test_each_alert_on_an_answer_fires_when_its_desk_event_says_so_and_not_a_minute_before(past: Past) -> None:
    alerts = {
        signal: rule
        for rule in ALERTS
        for found in re.findall(r'badbuzz_desk_signal\{signal=~?"([a-z_|]+)"', rule["expr"])
        for signal in found.split("|")
    }
    begun = {(e["signal"], e["severity"]): e for e in reversed(past.desk) if e["state"] == "begins" and e["due"]}
    for (signal, severity), event in begun.items():
        at, expression = seconds(event["at"]), alerts[signal]["expr"]
        before, after = (past.prometheus.query(expression, time) for time in (at, at + 60))
        rank = float(("", "info", "warning", "critical").index(severity))
        assert [float(found["value"][1]) for found in after] == [rank], (signal, event["at"])
        assert all(float(found["value"][1]) < rank for found in before), (signal, event["at"])
    if past.brand == "Acme":
        assert past.desk == [], "it has no official voice, so nobody can say that it is silent"
    else:
        assert {("holding_due", "warning"), ("holding_due", "critical")} <= begun.keys()


def test_every_panel_and_rule_is_answered_or_known_to_be_empty(past: Past) -> None:
    empty = empty_queries(past.prometheus, past.brand, past.when("critical") + 360)
    allowed = {**HEALTHY, **REPLAYED, **NOT_COLLECTED, **ANSWERED}
    if past.brand == "Acme":
        allowed |= MADE_UP
    assert empty - allowed.keys() == set()
    needed = {name for name in allowed if name[0] != "rule"} - {("rule", "BadBuzzPipelineStalled")}
    assert needed - empty == set(), "no longer empty: take it off the list"


MADE_UP = {
    ("badbuzz-brand", "Brand actions in an hour"): "this brand does nothing",
    **NO_VOICE,
}


def test_a_file_that_cannot_be_written_is_an_error_before_the_work(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    record.write_bytes(b"")
    done = CliRunner().invoke(main, ["replay", "--openmetrics", str(tmp_path / "no" / "such"), str(record)])
    assert done.exit_code == 2
    assert "--openmetrics: expected a file that can be written" in done.output
