"""What a person whose brand has an unusual name can rely on: each of its panels works."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.build import build, expressions
from deploy.local.prometheus import LocalPrometheus, binary
from streams.metrics import families as m
from streams.metrics.label_cap import clean_label
from streams.metrics.registry import Metrics
from streams.offline.recorded_metrics import MetricSamples
from tests.helpers.monitoring.grafana_variables import interpolated

pytestmark = pytest.mark.usefixtures("tools")

NAMES = [
    "Plain",
    "L'Oréal",
    'Ben "Big" Burgers',
    "Back\\slash",
    "Back`tick",
    "all 'of\" `them\\",
    "C++ {inc}",
    "$5 Store",
    "${installation}",
    "100% Bio",
    "\U0001f355 Pizza",
    "\u062e\u0627\u0646\u0647\u200c\u06cc \u0645\u0627",
    "\U0001f469\u200d\U0001f373 Chef",
    "A  B",
]
AT = 1_700_000_000


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPrometheus]:
    home = tmp_path_factory.mktemp("names")
    metrics = Metrics()
    for number, name in enumerate(NAMES):
        metrics.set(m.SEVERITY, number, name)
        metrics.set(m.OBSERVED, number, name, "volume")
    samples = MetricSamples("badbuzz")
    for minute in range(3):
        samples.add(metrics, AT + 60 * minute)
    text = home / "names.om"
    text.write_text("\n".join(samples.lines()) + "\n", encoding="utf-8")
    config = home / "prometheus.yml"
    config.write_text("global: {}\n", encoding="utf-8")
    server = LocalPrometheus(config, home / "prometheus")
    command = [binary("promtool"), "tsdb", "create-blocks-from", "openmetrics", "-q", str(text), str(server.data)]
    Path(server.data).mkdir(parents=True, exist_ok=True)
    subprocess.run(command, check=True, capture_output=True)
    with server:
        yield server


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_of_a_brand_shows_that_brand(prometheus: LocalPrometheus, name: str) -> None:
    chosen = {"brand": clean_label(name), "installation": "badbuzz"}
    answers = {}
    for query in expressions(json.loads(build()["brand.json"])):
        answers[query.panel] = prometheus.query(interpolated(query.text, chosen), AT + 120)  # an invalid one raises
    number = float(NAMES.index(name))
    assert [float(one["value"][1]) for one in answers["Severity"]] == [number]
    assert [
        float(one["value"][1])
        for one in prometheus.query(interpolated(f"max({m.OBSERVED.name}{{brand=`${{brand:raw}}`}})", chosen), AT + 120)
    ] == [number]


@pytest.mark.parametrize("name", NAMES)
def test_no_label_ends_the_quotes_it_stands_in(name: str) -> None:
    assert "`" not in clean_label(name)


@pytest.mark.parametrize("board", build())
def test_every_query_of_a_dashboard_is_of_one_installation(board: str) -> None:
    for query in expressions(json.loads(build()[board])):
        assert query.text.count("badbuzz_") == query.text.count("installation=`${installation:raw}`"), query.panel
