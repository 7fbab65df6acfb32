"""What a person who tries badbuzz with containers can rely on: files that exist, addresses that match."""

from pathlib import Path
from typing import Any

import yaml

from streams.oncall.grafana import DATASOURCE_UID, FOLDER_UID, TOKEN, URL
from streams.settings.config import OPTIONS
from tests.helpers.paths import DEPLOY


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


COMPOSE = load(DEPLOY / "compose.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_every_part_is_a_service() -> None:
    assert {"kafka", "worker", "prometheus", "alertmanager", "grafana"} <= SERVICES.keys()
    for service in SERVICES.values():
        assert ("image" in service) != ("build" in service)
        assert set(service.get("depends_on", ())) <= SERVICES.keys()


def test_mounted_folders_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).is_dir(), f"{name}: {volume}"
            else:
                assert source in COMPOSE["volumes"]


def test_nothing_listens_beyond_this_machine() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_workers_variables_are_options_of_badbuzz() -> None:
    known = {option.variable for option in OPTIONS} | {URL, TOKEN}
    for name in ("worker", "topics"):
        assert {key for key in SERVICES[name]["environment"] if key != "<<"} <= known


def test_prometheus_scrapes_the_services_by_their_names() -> None:
    config = load(DEPLOY / "prometheus" / "prometheus.yml")
    (job,) = config["scrape_configs"]
    port = SERVICES["worker"]["environment"]["BADBUZZ_METRICS_PORT"]
    assert job["static_configs"] == [{"targets": [f"worker:{port}"]}]
    assert config["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["alertmanager:9093"]}]


def test_grafana_is_provisioned_with_the_data_source_of_the_dashboards() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = load(provisioning / "datasources" / "badbuzz.yaml")["datasources"]
    assert source["uid"] == DATASOURCE_UID
    (provider,) = load(provisioning / "dashboards" / "badbuzz.yaml")["providers"]
    assert provider["folderUid"] == FOLDER_UID
    assert any(volume.split(":")[1] == provider["options"]["path"] for volume in SERVICES["grafana"]["volumes"])


def test_grafana_is_the_version_the_dashboards_are_drawn_for() -> None:
    assert SERVICES["grafana"]["image"].split(":")[1].startswith("11.6")
