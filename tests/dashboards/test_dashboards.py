"""What a person in front of Grafana can rely on: dashboards as committed, at fixed addresses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.build import BOARDS, JSON_DIR, build, expressions
from dashboards.defaults import RUNBOOKS
from streams.cli.main import main
from streams.metrics.families import FAMILIES
from tests.helpers.monitoring.alert_rules import ALERT_NAMES, RULES, RULES_FILES, metrics_in
from tests.helpers.monitoring.queries import HEALTHY, REPLAYED, queries

FILES = {name: json.loads(text) for name, text in build().items()}
PANELS = [
    pytest.param(name, panel, id=f"{name.removesuffix('.json')}: {panel['title']}")
    for name, board in FILES.items()
    for panel in board["panels"]
    if panel["type"] != "row"
]


def test_the_committed_files_are_those_built(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["dashboards", "build", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in JSON_DIR.glob("*.json")}
    assert written == committed, "run: badbuzz dashboards build"


@pytest.mark.parametrize("name", FILES)
def test_a_dashboard_survives_a_round_trip_through_grafanas_own_types(name: str) -> None:
    again = json.loads(json.dumps(Dashboard.from_json(FILES[name]), cls=JSONEncoder))
    assert again == FILES[name]


def test_dashboards_keep_their_addresses() -> None:
    assert {board["uid"]: board["title"] for board in FILES.values()} == {
        "badbuzz-overview": "badbuzz: overview",
        "badbuzz-brand": "badbuzz: brand",
        "badbuzz-pipeline": "badbuzz: pipeline",
    }
    assert all("id" not in board for board in FILES.values())


@pytest.mark.parametrize("name", FILES)
def test_every_link_leads_somewhere(name: str) -> None:
    uids = {board["uid"] for board in FILES.values()}
    text = json.dumps(FILES[name])
    assert set(re.findall(r"/d/([a-z-]+)", text)) <= uids
    assert set(re.findall(r"\$\{runbooks\}/([A-Za-z]+)\.md", text)) <= set(ALERT_NAMES)
    variables = {variable["name"]: variable for variable in FILES[name]["templating"]["list"]}
    assert variables["runbooks"]["query"] == RUNBOOKS
    assert variables["datasource"]["query"] == "prometheus"
    assert ("brand" in variables) == (name == "brand.json")


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_a_panel_says_what_it_shows_in_which_unit(name: str, panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"]
    assert panel["datasource"]["uid"] == "${datasource}"
    if panel["type"] in {"stat", "timeseries"}:
        assert panel["fieldConfig"]["defaults"]["unit"]
    if panel["type"] == "stat":
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


@pytest.mark.parametrize("name", FILES)
def test_panels_are_in_a_grid_that_a_phone_can_show_in_one_column(name: str) -> None:
    occupied: set[tuple[int, int]] = set()
    for panel in FILES[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & occupied
        assert at["x"] + at["w"] <= 24
        assert at["w"] >= 6, "narrower, a number is no longer readable on a small screen"
        occupied |= cells
    ids = [panel["id"] for panel in FILES[name]["panels"]]
    assert len(set(ids)) == len(ids)


def test_how_a_brand_answers_is_a_row_of_its_dashboard() -> None:
    panels = FILES["brand.json"]["panels"]
    (row,) = [number for number, panel in enumerate(panels) if panel["type"] == "row"]
    assert panels[row]["title"] == "The answer"
    assert {panel["title"] for panel in panels[row + 1 :]} >= {"Overdue complaints", "Signals of the answer"}
    assert min(panel["gridPos"]["y"] for panel in panels[row + 1 :]) > panels[row]["gridPos"]["y"]


def test_panels_query_exported_metrics_and_every_metric_is_shown_or_alerted_on() -> None:
    exported = {family.name for family in FAMILIES}
    shown = {name for board in FILES.values() for query in expressions(board) for name in metrics_in(query.text)}
    assert shown <= exported
    alerted_on = {name for file in RULES_FILES for name in metrics_in(file.read_text(encoding="utf-8"))} - {
        rule["record"] for rule in RULES if "record" in rule
    }
    assert exported == shown | alerted_on


def test_incidents_are_annotated_on_the_dashboards_they_concern() -> None:
    for name, tags in (("overview.json", ["badbuzz"]), ("brand.json", ["badbuzz", "$brand"])):
        queries = [query for query in FILES[name]["annotations"]["list"] if query["name"] == "incidents"]
        assert [query["target"]["tags"] for query in queries] == [tags]
        assert not queries[0]["target"]["matchAny"]
    assert set(BOARDS) == {"overview", "brand", "pipeline"}


def test_queries_that_may_be_empty_are_queries_of_a_panel_or_rule() -> None:
    assert HEALTHY.keys() | REPLAYED.keys() <= {name for name, _ in queries("Acme")}
