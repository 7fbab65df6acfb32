"""What a person who runs `badbuzz check` can rely on: each obstacle is named, with its remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.build import build, uids
from dashboards.push import push_dashboards, push_datasource, push_folder
from deploy.local.configuration import local_prometheus
from deploy.local.prometheus import LocalPrometheus
from deploy.local.server import LOOPBACK, free_port
from streams.errors import GrafanaError, InputError
from streams.oncall.checks import check_oncall
from streams.oncall.grafana import Grafana
from streams.settings.config import Config
from streams.web.server import Server
from streams.worker.metrics import WorkerMetrics
from tests.helpers.monitoring.fake_grafana import TOKEN, FakeGrafana
from tests.helpers.paths import DEPLOY


@pytest.fixture(scope="module")
def worker() -> Iterator[str]:
    """The address of a worker's metrics."""
    metrics = WorkerMetrics(Config())
    server = Server(0, {"/metrics": lambda accept: metrics.render({}, accept)})
    yield f"{LOOPBACK}:{server.port}"
    server.close()


def check(prometheus: LocalPrometheus) -> list[str]:
    return list(check_oncall((), {"BADBUZZ_PROMETHEUS_URL": prometheus.url}))


@pytest.mark.usefixtures("tools")
def test_a_prometheus_that_is_set_up_passes(tmp_path: Path, worker: str) -> None:
    config = local_prometheus(tmp_path / "config", worker, f"{LOOPBACK}:{free_port()}", quick=True)
    with LocalPrometheus(config) as prometheus:
        while (
            not prometheus.query("badbuzz_build_info")
            or not prometheus.get("/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
        ):
            prometheus.check()
        assert check(prometheus)[0].endswith("has the rules, scrapes a worker, reaches an Alertmanager")


@pytest.mark.usefixtures("tools")
def test_whatever_prometheus_lacks_is_named_with_its_remedy(tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text("global: {}\n", encoding="utf-8")
    with LocalPrometheus(config) as prometheus, pytest.raises(InputError, match="has no rule BadBuzzCrisis: add"):
        check(prometheus)
    config.write_text(f"rule_files: [{DEPLOY}/prometheus/badbuzz.rules.yml]\n", encoding="utf-8")
    with LocalPrometheus(config) as prometheus, pytest.raises(InputError, match=r"add .*/badbuzz-desk\.rules\.yml"):
        check(prometheus)
    config.write_text(f"rule_files: ['{DEPLOY}/prometheus/badbuzz*.rules.yml']\n", encoding="utf-8")
    with LocalPrometheus(config) as prometheus, pytest.raises(InputError, match="scrapes no worker: start one"):
        check(prometheus)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "localhost:9090", "file:///etc/passwd"])
def test_no_prometheus_is_one_clear_line(url: str) -> None:
    with pytest.raises(InputError, match=r"is it running there|expected an address"):
        list(check_oncall((), {"BADBUZZ_PROMETHEUS_URL": url}))


def test_for_a_grafana_without_the_dashboards_the_error_names_the_command_to_run(
    server: FakeGrafana, grafana: Grafana
) -> None:
    environment = {"BADBUZZ_GRAFANA_URL": server.url, "BADBUZZ_GRAFANA_TOKEN": TOKEN}
    with pytest.raises(InputError, match=r"lacks data source .*badbuzz-brand.*badbuzz dashboards push"):
        list(check_oncall(uids(), environment))
    push_datasource(grafana, "http://prometheus:9090")
    push_folder(grafana)
    push_dashboards(grafana, build().values())
    assert list(check_oncall(uids(), environment))[1].endswith("has data source and dashboards")
    with pytest.raises(GrafanaError, match="is the token right"):
        list(check_oncall(uids(), environment | {"BADBUZZ_GRAFANA_TOKEN": "other"}))
