"""What an on-call person can rely on, from mentions on Kafka to the notification, through real servers."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest

from deploy.local.prometheus import binary
from deploy.local.server import LocalServerError
from tests.helpers.monitoring.queries import ANSWERED, HEALTHY, NOT_COLLECTED, empty_queries
from tests.oncall.end_to_end import BRAND, Record, Run, in_crisis, record

pytestmark = pytest.mark.usefixtures("tools")

OLD_RECORD = {
    ("badbuzz-pipeline", "Latency from mention to incident event"): "the record is years old: no wall clock",
}


@pytest.fixture(scope="module")
def parts() -> Record:
    return record()


@pytest.fixture(scope="module")
def run(parts: Record, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    try:
        with in_crisis(tmp_path_factory.mktemp("end-to-end"), parts) as running:
            yield running
    except LocalServerError as reason:
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


def test_only_the_crisis_notifies_and_lower_alerts_are_inhibited(run: Run) -> None:
    states = run.states("crisis-cell")
    assert states["BadBuzzCrisis"] == ("active", [])
    for lower in states.keys() - {"BadBuzzCrisis"}:
        state, inhibited_by = states[lower]
        assert state == "suppressed"
        assert inhibited_by


def test_in_the_crisis_people_are_told_that_nobody_has_said_anything(run: Run) -> None:
    run.wait("a holding answer is due", lambda: "BadBuzzHoldingAnswerDue" in run.states("response-desk"))
    assert run.states("response-desk")["BadBuzzHoldingAnswerDue"] == ("active", [])
    signal = f'max(badbuzz_desk_signal{{brand="{BRAND}",signal="holding_due"}})'
    assert float(run.stack.prometheus.query(signal)[0]["value"][1]) >= 2.0


def test_the_notification_names_brand_network_figures_and_spreading_terms(run: Run) -> None:
    notification = next(n for n in run.notifications("spokesperson") if n.title.startswith("CRISIS"))
    assert BRAND in notification.title
    event = next(
        published.event
        for published in run.published()
        if published.event["brand"] == BRAND
        and published.event["severity"] == "critical"
        and published.event["figures"] in notification.text
    )
    for post in event["posts"][:2]:
        assert post["text"][:40] in notification.text
    for term in event["terms"][:4]:
        assert term["term"] in notification.text
    assert "Next step: Call the crisis cell" in notification.text
    assert "/BadBuzzCrisis.md" in notification.text


def test_the_whole_cell_is_notified_of_a_crisis_and_of_each_brand_apart(run: Run) -> None:
    for receiver in ("community-manager", "customer-care", "spokesperson"):
        sent = run.stack.inbox.notifications
        crises = [n for n in sent if n.receiver == receiver and n.title.startswith("CRISIS")]
        assert any(BRAND in n.title for n in crises)
        assert not any("and 1 more" in n.title for n in crises)
    assert run.notifications("direction") == [], "notified only if it lasts"


def test_every_panel_and_rule_has_a_result_during_the_incident_or_a_reason_for_none(run: Run) -> None:
    known = {**HEALTHY, **NOT_COLLECTED, **ANSWERED, **OLD_RECORD}
    assert empty_queries(run.stack.prometheus, BRAND, None) - known.keys() == set()


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
def test_the_metrics_of_a_running_worker_are_valid_in_both_formats(run: Run, accept: str) -> None:
    scrape = urllib.request.Request(f"{run.stack.worker.url}/metrics", headers={"Accept": accept})  # noqa: S310
    with urllib.request.urlopen(scrape, timeout=10) as response:  # noqa: S310  our own loopback server
        content_type, body = response.headers["Content-Type"], response.read()
    assert content_type.startswith(accept.split(";", maxsplit=1)[0])
    if accept == "text/plain":
        checked = subprocess.run([binary("promtool"), "check", "metrics"], input=body, capture_output=True, check=False)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
    else:
        assert b'# {mention_id="' in body
        assert body.endswith(b"# EOF\n")


def test_after_the_incident_every_alert_resolves_with_a_notification(run: Run, parts: Record) -> None:
    run.send(parts.after)
    run.wait("the incident is over", lambda: run.severity() == 0.0)
    run.wait(
        "its end is notified",
        lambda: any(n.title.startswith("Over: ") for n in run.notifications("spokesperson")),
    )
    # What is owed outlives the incident: its case is open until somebody answers, or for three days.
    firing = f'ALERTS{{brand="{BRAND}",alertstate="firing",audience="crisis-cell"}}'
    run.wait("no alert of it fires", lambda: not run.stack.prometheus.query(firing))
