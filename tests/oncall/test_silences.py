"""What a crisis cell mutes is muted in Alertmanager, for as long as they say, under their name."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.prometheus import LocalAlertmanager
from streams.errors import SilenceError
from streams.event_time import rfc3339_ms
from streams.oncall.silences import Alertmanager
from tests.helpers.cluster import wait_until

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory, tools: None) -> Iterator[LocalAlertmanager]:
    config = tmp_path_factory.mktemp("silences") / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with LocalAlertmanager(config) as running:
        yield running


def raise_alert(server: LocalAlertmanager, **labels: str) -> None:
    body = json.dumps([{"labels": {"alertname": "BadBuzzCrisis", "audience": "crisis-cell", **labels}}]).encode()
    request = urllib.request.Request(  # noqa: S310  (our own loopback server)
        f"{server.url}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310
        pass


def muted(server: LocalAlertmanager) -> dict[tuple[str, str], bool]:
    """By brand and installation, whether the alert is suppressed."""
    return {
        (alert["labels"]["brand"], alert["labels"]["installation"]): alert["status"]["state"] == "suppressed"
        for alert in server.alerts()
    }


def test_a_mute_silences_the_alerts_of_its_brand_alone_until_it_is_ended(alertmanager: LocalAlertmanager) -> None:
    for brand, installation in (("Acme", "prod"), ("Other", "prod"), ("Acme", "staging")):
        raise_alert(alertmanager, brand=brand, installation=installation)
    mine = Alertmanager(alertmanager.url, "prod")
    now = round(time.time() * 1000)
    silence = mine.mute("Acme", now, now + HOUR_MS, "anne", "known, we answer at noon")
    expected = {("Acme", "prod"): True, ("Other", "prod"): False, ("Acme", "staging"): False}
    wait_until(lambda: muted(alertmanager) == expected, lambda: str(alertmanager.alerts()), 20)
    there = mine.silence(silence)
    assert (there.id, there.state, there.ends_at) == (silence, "active", rfc3339_ms(now + HOUR_MS))
    assert (there.created_by, there.comment) == ("anne", "known, we answer at noon")
    mine.unmute(silence)
    mine.unmute(silence)
    assert mine.silence(silence).state == "expired"
    wait_until(lambda: not any(muted(alertmanager).values()), lambda: str(alertmanager.alerts()), 20)


def test_a_silence_that_alertmanager_refuses_mutes_nothing_and_says_why(alertmanager: LocalAlertmanager) -> None:
    now = round(time.time() * 1000)
    with pytest.raises(SilenceError, match="refused POST /api/v2/silences"):
        Alertmanager(alertmanager.url, "prod").mute("Acme", now, now - HOUR_MS, "anne", "by mistake")
    with pytest.raises(SilenceError, match="404"):
        Alertmanager(alertmanager.url, "prod").silence("7c0f2b6e-0000-4000-8000-000000000000")


def test_an_alertmanager_that_is_away_is_named_with_the_option_to_check(tmp_path: Path) -> None:
    with pytest.raises(SilenceError, match="is BADBUZZ_ALERTMANAGER_URL right"):
        Alertmanager("http://127.0.0.1:9", "prod").mute("Acme", 0, HOUR_MS, "anne", "known")
