"""What a person who runs Prometheus and Alertmanager without containers can rely on."""

import socket
import subprocess
from pathlib import Path

import pytest

from deploy.local.configuration import local_alertmanager, local_prometheus
from deploy.local.prometheus import LocalAlertmanager, LocalPrometheus, binary
from deploy.local.server import LOOPBACK, LocalServerError
from tests.helpers.monitoring.alert_rules import RULES_FILES
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "prometheus.yml"
    path.write_text("global: {}\n", encoding="utf-8")
    return path


def test_stopping_ends_the_process_and_removes_the_data(config: Path) -> None:
    with LocalPrometheus(config) as prometheus:
        assert prometheus.query("1 + 1")[0]["value"][1] == "2"
        home, port = prometheus.home, prometheus.port
        assert home.exists()
    assert prometheus.pid is None
    assert not home.exists()
    with socket.socket() as probe:
        assert probe.connect_ex((LOOPBACK, port)) != 0
    prometheus.stop()


def test_a_named_folder_stays(config: Path, tmp_path: Path) -> None:
    with LocalPrometheus(config, tmp_path / "home"):
        pass
    assert (tmp_path / "home" / "data").is_dir()


def test_a_server_that_cannot_start_says_why(config: Path) -> None:
    config.write_text("global: {scrape: 1}\n", encoding="utf-8")
    failing = LocalPrometheus(config)
    with pytest.raises(LocalServerError, match="field scrape not found"):
        failing.start()
    assert failing.pid is None


def test_without_them_the_error_names_the_script_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalServerError, match=r"amtool is missing: run deploy/local/install-prometheus\.sh"):
        binary("amtool")


def test_installing_again_is_quick_and_silent() -> None:
    done = subprocess.run(
        [DEPLOY / "local" / "install-prometheus.sh"], capture_output=True, text=True, check=True, timeout=30
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_local_stack_runs_the_deployed_configuration_except_addresses_and_receivers(tmp_path: Path) -> None:
    alertmanager = local_alertmanager(tmp_path / "alertmanager", "http://127.0.0.1:1")
    deployed = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
    assert alertmanager.read_text(encoding="utf-8").startswith(deployed.partition("\nreceivers:\n")[0])
    subprocess.run([binary("amtool"), "check-config", alertmanager], check=True, capture_output=True)
    prometheus = local_prometheus(tmp_path / "prometheus", "127.0.0.1:2", "127.0.0.1:3")
    text = prometheus.read_text(encoding="utf-8")
    assert "127.0.0.1:2" in text
    assert "worker:" not in text
    assert "alertmanager:9093" not in text
    for rules in RULES_FILES:
        assert (prometheus.parent / rules.name).read_bytes() == rules.read_bytes()
    with LocalAlertmanager(alertmanager) as running:
        assert running.alerts() == []
