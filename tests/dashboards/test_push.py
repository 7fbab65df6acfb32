"""What a person who pushes the dashboards to a Grafana can rely on: one command, repeatable, its token secret."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.push import push_datasource
from streams.cli.main import main
from streams.oncall.grafana import Grafana
from tests.helpers.monitoring.fake_grafana import TOKEN, FakeGrafana


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    fake = FakeGrafana()
    yield fake
    fake.close()


def push(server: FakeGrafana, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, str]:
    monkeypatch.setenv("BADBUZZ_GRAFANA_TOKEN", TOKEN)
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", server.url, *options], catch_exceptions=False)
    return done.exit_code, done.output


def test_one_command_pushes_data_source_folder_and_dashboards(
    server: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, output = push(server, monkeypatch, "--prometheus-url", "http://prometheus:9090")
    assert status == 0
    assert server.datasources["badbuzz-prometheus"]["url"] == "http://prometheus:9090"
    assert list(server.folders) == ["badbuzz"]
    assert sorted(server.boards) == ["badbuzz-brand", "badbuzz-overview", "badbuzz-pipeline"]
    assert f"{server.url}/d/badbuzz-brand/x" in output.splitlines()


def test_pushing_again_updates_existing_objects(server: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    assert push(server, monkeypatch)[0] == 0
    server.boards["badbuzz-brand"] = {}
    assert push(server, monkeypatch, "--prometheus-url", "http://elsewhere:9090")[0] == 0
    assert server.boards["badbuzz-brand"]["title"] == "badbuzz: brand"
    assert server.datasources["badbuzz-prometheus"]["url"] == "http://elsewhere:9090"


def test_a_provisioned_data_source_stays_as_it_is(server: FakeGrafana) -> None:
    server.datasources["badbuzz-prometheus"] = {"uid": "badbuzz-prometheus", "url": "http://mine", "readOnly": True}
    push_datasource(Grafana(server.url, TOKEN), "http://other")
    assert server.datasources["badbuzz-prometheus"]["url"] == "http://mine"


def test_a_token_may_come_from_a_file_and_is_never_shown(
    server: FakeGrafana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.delenv("BADBUZZ_GRAFANA_TOKEN", raising=False)
    file = tmp_path / "token"
    file.write_text("wrong-but-secret\n")
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", server.url, "--token-file", str(file)])
    assert done.exit_code == 2
    assert "is the token right" in done.output
    file.write_text(f"{TOKEN}\n")
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", server.url, "--token-file", str(file)])
    assert done.exit_code == 0
    shown = done.output + caplog.text + repr(Grafana(server.url, TOKEN))
    assert "secret" not in shown


def test_an_invalid_address_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BADBUZZ_GRAFANA_TOKEN", TOKEN)
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", "not an address"])
    assert done.exit_code == 2
    assert "expected an address such as https://" in done.output
