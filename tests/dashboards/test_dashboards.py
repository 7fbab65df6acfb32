"""What a person in front of Grafana can rely on: as drawn, at fixed addresses, explaining themselves."""

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
from tests.deploy.test_rules import metrics_in
from tests.helpers.paths import DEPLOY

FILES = {name: json.loads(text) for name, text in build().items()}
PANELS = [
    pytest.param(name, panel, id=f"{name.removesuffix('.json')}: {panel['title']}")
    for name, board in FILES.items()
    for panel in board["panels"]
]


def test_the_committed_files_are_what_is_drawn(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["dashboards", "build", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in JSON_DIR.iterdir()}
    assert written == committed, "run: badbuzz dashboards build"


@pytest.mark.parametrize("name", FILES)
def test_a_dashboard_is_read_by_grafanas_own_types_and_written_by_them_the_same(name: str) -> None:
    read = json.loads(json.dumps(Dashboard.from_json(FILES[name]), cls=JSONEncoder))
    assert read == FILES[name]


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
    for runbook in re.findall(r"\$\{runbooks\}/([A-Za-z]+\.md)", text):
        assert (DEPLOY / "runbooks" / runbook).exists()
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
def test_panels_stand_in_a_grid_that_a_phone_can_put_in_one_column(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in FILES[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        assert at["w"] >= 6, "narrower, a number is no longer readable on a small screen"
        taken |= cells
    ids = [panel["id"] for panel in FILES[name]["panels"]]
    assert len(set(ids)) == len(ids)


def test_the_panels_ask_for_metrics_that_are_served_and_every_metric_is_shown_or_alerted_on() -> None:
    served = {family.name for family in FAMILIES}
    asked = {name for board in FILES.values() for found in expressions(board) for name in metrics_in(found.text)}
    assert asked <= served
    alerted = metrics_in((DEPLOY / "prometheus" / "badbuzz.rules.yml").read_text(encoding="utf-8"))
    assert served == asked | alerted


def test_incidents_are_marked_on_the_dashboards_they_concern() -> None:
    for name, tags in (("overview.json", ["badbuzz"]), ("brand.json", ["badbuzz", "$brand"])):
        marks = [mark for mark in FILES[name]["annotations"]["list"] if mark["name"] == "incidents"]
        assert [mark["target"]["tags"] for mark in marks] == [tags]
        assert not marks[0]["target"]["matchAny"]
    assert set(BOARDS) == {"overview", "brand", "pipeline"}
