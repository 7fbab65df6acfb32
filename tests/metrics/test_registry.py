"""What a scrape can rely on: valid text, exemplars, and no name that breaks it."""

import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from deploy.local.prometheus import binary
from streams.cli.reference import metrics_page
from streams.metrics import families as m
from streams.metrics.registry import Metrics
from tests.helpers.measured import OPENMETRICS, Measured, series
from tests.helpers.paths import ROOT

HOSTILE = ['quo"te', "new\nline", "back\\slash", "sur\ud83drogate", "x" * 64, "{}=,", "\u202eevil", "é" * 64, " "]


@pytest.mark.usefixtures("tools")
def test_promtool_accepts_the_text_without_a_remark(in_crisis: Measured) -> None:
    in_crisis.metrics.observe(m.LATENCY, 70.0, "critical", exemplar="m1")
    checked = subprocess.run(
        [binary("promtool"), "check", "metrics"], input=in_crisis.metrics.render()[0], capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_openmetrics_carries_the_id_of_a_mention_that_was_counted(in_crisis: Measured) -> None:
    body, content_type = in_crisis.metrics.render(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    exemplars = [
        sample.exemplar.labels["mention_id"]
        for family in parse_openmetrics(body.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == m.MENTIONS.name and sample.exemplar
    ]
    assert any(name.startswith("Acme-") for name in exemplars)


def test_an_id_too_long_for_an_exemplar_is_cut() -> None:
    metrics = Metrics()
    metrics.inc(m.MENTIONS, "Acme", "forum", "other", exemplar="i" * 256)
    assert b'mention_id="' + b"i" * 118 + b'"' in metrics.render(OPENMETRICS)[0]


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_breaks_no_scrape(name: str) -> None:
    metrics = Metrics()
    metrics.inc(m.MENTIONS, name, name, "other")
    metrics.set(m.SEVERITY, 3, name)
    metrics.set(m.INFO, 1, name, name, "50%", name, name)
    for accept, parse in (("", parse_text), (OPENMETRICS, parse_openmetrics)):
        samples = [s for family in parse(metrics.render(accept)[0].decode()) for s in family.samples]
        assert sum(s.name == m.SEVERITY.name for s in samples) == 1
    checked = subprocess.run([binary("promtool"), "check", "metrics"], input=metrics.render()[0], check=False)
    assert checked.returncode == 0
    metrics.forget("brand", name)
    assert series(metrics, m.SEVERITY) == {}


@pytest.mark.parametrize("accept", ["", OPENMETRICS])
def test_every_series_names_its_installation(in_crisis: Measured, accept: str) -> None:
    metrics = Metrics(installation="staging")
    metrics.inc(m.MENTIONS, "Acme", "forum", "other")
    metrics.observe(m.LATENCY, 70.0, "critical")
    lines = [line for line in metrics.render(accept)[0].decode().splitlines() if not line.startswith("#")]
    assert len(lines) > 20
    assert all('installation="staging"' in line for line in lines)
    assert b'installation="badbuzz"' in in_crisis.metrics.render(accept)[0]


def test_the_reference_of_metrics_is_written_from_the_code() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_page(), "run: make docs"
    assert len({family.name for family in m.FAMILIES}) == len(m.FAMILIES)
