"""What an on-call person can rely on, from the mentions on Kafka to the message in their hand, with real servers."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest

from deploy.local.kafka import KafkaUnavailableError
from deploy.local.prometheus import binary
from tests.helpers.questions import HEALTHY, unanswered
from tests.oncall.end_to_end import BRAND, Record, Run, in_crisis, record

pytestmark = pytest.mark.usefixtures("tools")

LONG_AGO = {
    ("badbuzz-pipeline", "From a mention's arrival to its incident event"): "the record is years old: no wall clock",
}


@pytest.fixture(scope="module")
def parts() -> Record:
    return record()


@pytest.fixture(scope="module")
def run(parts: Record, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    try:
        with in_crisis(tmp_path_factory.mktemp("end-to-end"), parts) as running:
            yield running
    except KafkaUnavailableError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


def test_a_watch_fires_first_and_then_a_crisis(run: Run) -> None:
    fired = {
        series["metric"]["alertname"]: float(series["values"][0][0])
        for series in run.stack.prometheus.query_range(
            f'ALERTS{{brand="{BRAND}",alertstate="firing"}}', *_whole_run(run), step=1
        )
    }
    assert fired["BadBuzzWatch"] < fired["BadBuzzCrisis"]


def _whole_run(run: Run) -> tuple[float, float]:
    (now,) = run.stack.prometheus.query("time()")
    end = float(now["value"][1] if isinstance(now["value"], list) else now["value"])
    return end - 300, end


def test_the_crisis_is_told_alone_and_what_led_to_it_is_held_back(run: Run) -> None:
    states = run.states()
    assert states["BadBuzzCrisis"] == ("active", [])
    for lower in states.keys() - {"BadBuzzCrisis"}:
        state, inhibited_by = states[lower]
        assert state == "suppressed"
        assert inhibited_by


def test_the_message_names_brand_network_figures_and_what_is_spreading(run: Run) -> None:
    event = next(t.event for t in run.told() if t.event["brand"] == BRAND and t.event["severity"] == "critical")
    message = next(m for m in run.messages("spokesperson") if m.title.startswith("CRISIS"))
    assert BRAND in message.title
    network, share = next(iter(event["networks"].items()))
    assert f"{share:.0%} on {network}" in message.text
    assert f"{event['observed']:.0f} people" in message.text
    assert f"{event['expected']:.1f} expected" in message.text
    for term in event["terms"][:4]:
        assert term["term"] in message.text
    assert "Next step: Call the crisis cell" in message.text
    assert "/BadBuzzCrisis.md" in message.text


def test_the_whole_cell_is_told_of_a_crisis_and_each_brand_apart(run: Run) -> None:
    for receiver in ("community-manager", "customer-care", "spokesperson"):
        crises = [m for m in run.stack.inbox.messages if m.receiver == receiver and m.title.startswith("CRISIS")]
        assert any(BRAND in m.title for m in crises)
        assert not any("and 1 more" in m.title for m in crises)
    assert run.messages("direction") == [], "told only where it lasts"


def test_every_panel_and_rule_is_answered_during_the_incident_or_known_to_be_empty(run: Run) -> None:
    assert unanswered(run.stack.prometheus, BRAND, None) - HEALTHY.keys() - LONG_AGO.keys() == set()


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
def test_the_live_page_of_a_worker_is_as_it_must_be(run: Run, accept: str) -> None:
    address = f"http://127.0.0.1:{run.stack.worker_port}/metrics"
    asked = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  our own loopback server
        content_type, body = answer.headers["Content-Type"], answer.read()
    assert content_type.startswith(accept.split(";", maxsplit=1)[0])
    if accept == "text/plain":
        checked = subprocess.run([binary("promtool"), "check", "metrics"], input=body, capture_output=True, check=False)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
    else:
        assert b'# {mention_id="' in body
        assert body.endswith(b"# EOF\n")


def test_after_the_incident_every_alert_resolves_and_that_is_told(run: Run, parts: Record) -> None:
    run.send(parts.after)
    run.wait("the incident is over", lambda: run.severity() == 0.0)
    run.wait("its end is told", lambda: any(m.title.startswith("Over") for m in run.messages("spokesperson")))
    firing = f'ALERTS{{brand="{BRAND}",alertstate="firing"}}'
    run.wait("no alert of it fires", lambda: not run.stack.prometheus.query(firing))
