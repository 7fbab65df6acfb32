"""What a person who tries badbuzz with containers can rely on: files that exist, addresses that match."""

from pathlib import Path
from typing import Any

import yaml

from streams.oncall.grafana import DATASOURCE_UID, FOLDER_UID, TOKEN, URL
from streams.settings.config import OPTIONS, parse
from tests.helpers.paths import DEPLOY


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


COMPOSE = load(DEPLOY / "compose.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_every_part_is_a_service() -> None:
    assert {"kafka", "worker", "collector", "prometheus", "alertmanager", "grafana"} <= SERVICES.keys()
    for service in SERVICES.values():
        assert ("image" in service) != ("build" in service)
        assert set(service.get("depends_on", ())) <= SERVICES.keys()


def test_mounted_folders_and_files_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), f"{name}: {volume}"
            else:
                assert source in COMPOSE["volumes"]


def test_nothing_listens_beyond_this_machine() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_workers_variables_are_options_of_badbuzz() -> None:
    known = {option.variable for option in OPTIONS} | {URL, TOKEN}
    for name in ("worker", "collector", "topics"):
        assert {key for key in SERVICES[name]["environment"] if key != "<<"} <= known


def test_worker_and_collector_read_the_same_configuration_and_it_is_valid() -> None:
    config = parse((DEPLOY / "badbuzz.toml").read_text(encoding="utf-8"), {})
    assert config.brands
    assert config.sources
    for name in ("worker", "collector"):
        assert "./badbuzz.toml:/opt/badbuzz/badbuzz.toml:ro" in SERVICES[name]["volumes"]


def test_without_its_profile_no_collector_is_started() -> None:
    assert SERVICES["collector"]["profiles"] == ["sources"]
    assert not any("collector" in service.get("depends_on", ()) for service in SERVICES.values())


def test_prometheus_scrapes_the_services_by_their_names() -> None:
    config = load(DEPLOY / "prometheus" / "prometheus.yml")
    (job,) = config["scrape_configs"]
    worker = SERVICES["worker"]["environment"]["BADBUZZ_METRICS_PORT"]
    collector = SERVICES["collector"]["environment"]["BADBUZZ_SOURCE_METRICS_PORT"]
    assert job["static_configs"] == [{"targets": [f"worker:{worker}", f"collector:{collector}"]}]
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
