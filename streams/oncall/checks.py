"""Checks that alerts would reach people: that Prometheus and Grafana are set up.

Each check returns one line if it passes, or raises an error with the remedy. A service whose address is not in the
environment is not checked.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from streams.errors import InputError
from streams.metrics.families import BUILD
from streams.oncall.grafana import TOKEN_FILE, URL, Grafana, grafana_token

PROMETHEUS_URL = "BADBUZZ_PROMETHEUS_URL"
# By file of rules, an alert that stands for all in it.
ALERTS = {"badbuzz.rules.yml": "BadBuzzCrisis", "badbuzz-desk.rules.yml": "BadBuzzHoldingAnswerDue"}
TIMEOUT_S = 5.0


def check_oncall(dashboards: Iterable[str] = (), environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Check the Prometheus and the Grafana whose addresses the environment has.

    Parameters
    ----------
    dashboards
        Uids of the dashboards that Grafana must have.
    environment
        Default `os.environ`.

    Yields
    ------
    str
        One line for each service: that it passed, or was not checked.

    Raises
    ------
    InputError, GrafanaError
        A check failed; the message has the remedy.

    Examples
    --------
    >>> print(*check_oncall(environment={}), sep="; ")
    Prometheus: not checked, BADBUZZ_PROMETHEUS_URL is not set; Grafana: not checked, BADBUZZ_GRAFANA_URL is not set
    """
    environment = os.environ if environment is None else environment
    if url := environment.get(PROMETHEUS_URL):
        yield check_prometheus(url)
    else:
        yield f"Prometheus: not checked, {PROMETHEUS_URL} is not set"
    if url := environment.get(URL):
        file = environment.get(TOKEN_FILE)
        yield check_grafana(url, grafana_token(Path(file) if file else None, environment), dashboards)
    else:
        yield f"Grafana: not checked, {URL} is not set"


def check_prometheus(url: str) -> str:
    """Check that Prometheus has the alert rules, scrapes a worker and is connected to an Alertmanager."""
    name = f"Prometheus at {url}"
    rules = [rule["name"] for group in _get(url, "/api/v1/rules")["groups"] for rule in group["rules"]]
    for file, alert in ALERTS.items():
        if alert not in rules:
            raise InputError(f"{name} has no rule {alert}: add deploy/prometheus/{file} to its rule_files")
    if not _get(url, "/api/v1/query", query=BUILD.name)["result"]:
        raise InputError(f"{name} scrapes no worker: start one, and add the job of deploy/prometheus/prometheus.yml")
    if not _get(url, "/api/v1/alertmanagers")["activeAlertmanagers"]:
        raise InputError(
            f"{name} has no Alertmanager: alerts fire but notify nobody; set `alerting` in its configuration"
        )
    return f"{name}: has the rules, scrapes a worker, reaches an Alertmanager"


def check_grafana(url: str, token: str, dashboards: Iterable[str]) -> str:
    """Check that Grafana accepts the token and has the data source and the dashboards of these uids."""
    missing = Grafana(url, token, attempts=1).missing(dashboards)
    if missing:
        raise InputError(f"Grafana at {url} lacks {', '.join(missing)}: run `badbuzz dashboards push`")
    return f"Grafana at {url}: has data source and dashboards"


def _get(url: str, path: str, **query: str) -> Any:
    address = f"{url.rstrip('/')}{path}?{urllib.parse.urlencode(query)}"
    if not address.startswith(("http://", "https://")):
        raise InputError(f"{PROMETHEUS_URL}: expected an address such as http://localhost:9090, got {url!r}")
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as response:  # noqa: S310  checked above
            return json.load(response)["data"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"Prometheus at {url} does not respond as one ({error}): is it running there?") from None
