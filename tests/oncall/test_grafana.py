"""What a person who lets badbuzz speak to a Grafana can rely on, on a server that behaves as its API is documented."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from dashboards.push import push_datasource, push_folder
from detectors.negativity import NegativityModel
from streams.cli.main import main
from streams.errors import ConfigError, GrafanaError
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.oncall.annotations import AnnotationSender, annotation, annotation_sender
from streams.oncall.grafana import Grafana, grafana_token
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from tests.helpers.records import crisis

TOKEN = "glsa_0123456789abcdef_secret"  # noqa: S105


class FakeGrafana:
    """The parts of Grafana's HTTP API that badbuzz uses, as documented for 11.6; state in memory."""

    def __init__(self) -> None:
        self.datasources: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.annotations: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.broken: list[tuple[int, bytes]] = []  # answers to give instead, first first
        self.lose_answers = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                fake.asked.append((self.command, self.path))
                status, answer = fake.answer(self.command, self.path, body, self.headers.get("Authorization"))
                if self.command == "POST" and fake.lose_answers:
                    fake.lose_answers -= 1
                    self.close_connection = True
                    return
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815  the names are the base class's

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that has gone, as some tests have it, is no news.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/grafana"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: Any, authorization: str | None) -> tuple[int, Any]:
        if self.broken:
            return self.broken.pop(0)
        if authorization != f"Bearer {TOKEN}":
            return 401, {"message": "Invalid API key"}
        parts = urlsplit(path)
        prefix, _, rest = parts.path.partition("/api/")
        kind, _, name = rest.partition("/")
        query = parse_qs(parts.query)
        known: dict[str, Callable[[], tuple[int, Any]]] = {
            "datasources": lambda: self._datasource(method, name, body),
            "folders": lambda: self._folder(method, name, body),
            "dashboards": lambda: self._board(method, name, body),
            "annotations": lambda: self._annotation(method, query, body),
        }
        return known[kind]() if prefix == "/grafana" and kind in known else (404, {"message": "Not found"})

    def _datasource(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        uid = name.removeprefix("uid/")
        if method == "GET":
            found = self.datasources.get(uid)
            return (200, found) if found else (404, {"message": "Data source not found"})
        if method == "POST" and body["uid"] in self.datasources:
            return 409, {"message": "data source with the same name already exists"}
        if method == "PUT" and self.datasources[uid].get("readOnly"):
            return 403, {"message": "Cannot update read-only data source"}
        self.datasources[body["uid"]] = body
        return 200, {"message": "Datasource added", "datasource": body}

    def _folder(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        if method == "GET":
            return (200, self.folders[name]) if name in self.folders else (404, {"message": "folder not found"})
        if body["uid"] in self.folders:
            return 412, {"message": "a folder with the same uid already exists"}
        self.folders[body["uid"]] = body
        return 200, body

    def _board(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        if method == "GET":
            found = self.boards.get(name.removeprefix("uid/"))
            return (200, {"dashboard": found, "meta": {}}) if found else (404, {"message": "Dashboard not found"})
        board = body["dashboard"]
        if body["folderUid"] not in self.folders:
            return 400, {"message": "folder not found"}
        if board["uid"] in self.boards and not body["overwrite"]:
            return 412, {"message": "The dashboard has been changed by someone else"}
        self.boards[board["uid"]] = board
        return 200, {"uid": board["uid"], "url": f"/d/{board['uid']}/x", "status": "success"}

    def _annotation(self, method: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, [a for a in self.annotations if set(query.get("tags", ())) <= set(a["tags"])]
        if not body["text"]:
            return 400, {"message": "Failed to save annotation: text field should not be empty"}
        self.annotations.append(body)
        return 200, {"id": len(self.annotations), "message": "Annotation added"}


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    fake = FakeGrafana()
    yield fake
    fake.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def grafana(server: FakeGrafana, waits: list[float]) -> Grafana:
    return Grafana(server.url, TOKEN, timeout=2, sleep=waits.append)


@pytest.fixture(scope="module")
def told() -> list[IncidentEvent]:
    """The events of a crisis from its opening to its end."""
    lines = [Message("record", i, value) for i, value in enumerate(crisis())]
    return replay(lines, Pipeline(Config(), NegativityModel.load()))[0]


def pushed(server: FakeGrafana, monkeypatch: pytest.MonkeyPatch, *more: str) -> tuple[int, str]:
    monkeypatch.setenv("BADBUZZ_GRAFANA_TOKEN", TOKEN)
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", server.url, *more], catch_exceptions=False)
    return done.exit_code, done.output


def test_one_command_brings_data_source_folder_and_dashboards(
    server: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, output = pushed(server, monkeypatch, "--prometheus-url", "http://prometheus:9090")
    assert status == 0
    assert server.datasources["badbuzz-prometheus"]["url"] == "http://prometheus:9090"
    assert list(server.folders) == ["badbuzz"]
    assert sorted(server.boards) == ["badbuzz-brand", "badbuzz-overview", "badbuzz-pipeline"]
    assert f"{server.url}/d/badbuzz-brand/x" in output.splitlines()


def test_pushing_again_renews_what_is_there(server: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pushed(server, monkeypatch)[0] == 0
    server.boards["badbuzz-brand"] = {}
    assert pushed(server, monkeypatch, "--prometheus-url", "http://elsewhere:9090")[0] == 0
    assert server.boards["badbuzz-brand"]["title"] == "badbuzz: brand"
    assert server.datasources["badbuzz-prometheus"]["url"] == "http://elsewhere:9090"


def test_a_provisioned_data_source_is_left_alone(server: FakeGrafana, grafana: Grafana) -> None:
    server.datasources["badbuzz-prometheus"] = {"uid": "badbuzz-prometheus", "url": "http://mine", "readOnly": True}
    push_datasource(grafana, "http://other")
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


@pytest.mark.parametrize("token", ["", "   ", "two\nlines", "naïve"])
def test_what_cannot_be_a_token_is_refused_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ConfigError, match="expected a service account's token"):
        grafana_token(None, {"BADBUZZ_GRAFANA_TOKEN": token})


def test_no_server_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GrafanaError, match="cannot be reached") as refused:
        push_folder(Grafana("http://127.0.0.1:9", TOKEN, attempts=1))
    assert refused.value.retryable
    monkeypatch.setenv("BADBUZZ_GRAFANA_TOKEN", TOKEN)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", "not an address"])
    assert done.exit_code == 2
    assert "expected an address such as https://" in done.output


def test_a_server_in_trouble_is_tried_again_and_a_refusal_is_not(
    server: FakeGrafana, grafana: Grafana, waits: list[float]
) -> None:
    server.broken = [(503, b'{"message": "starting"}'), (429, b'{"message": "too many"}')]
    push_folder(grafana)
    assert (list(server.folders), waits) == (["badbuzz"], [1.0, 2.0])
    server.broken = [(403, b'{"message": "not allowed"}')]
    with pytest.raises(GrafanaError, match=r"not allowed.*is the token right"):
        push_folder(grafana)
    assert len(waits) == 2


def test_a_page_that_is_not_grafana_is_told_as_such(server: FakeGrafana, grafana: Grafana) -> None:
    server.broken = [(200, b"<html>please log in</html>")]
    with pytest.raises(GrafanaError, match="login page"):
        push_folder(grafana)


def test_an_empty_answer_is_no_failure(server: FakeGrafana, grafana: Grafana) -> None:
    server.broken = [(200, b"[]"), (204, b"")]
    grafana.annotate("key", 1, ["Acme"], "text")
    assert server.broken == []


def test_a_server_that_does_not_answer_is_given_up_in_time(server: FakeGrafana) -> None:
    stuck = threading.Event()
    server.answer = lambda *_: (stuck.wait(5), (200, {}))[1]  # type: ignore[method-assign]
    with pytest.raises(GrafanaError, match="did not answer in time") as late:
        push_folder(Grafana(server.url, TOKEN, timeout=0.2, attempts=1))
    stuck.set()
    assert late.value.retryable


def test_an_incident_is_marked_where_it_opens_grows_worse_and_as_a_span_where_it_ends(
    server: FakeGrafana, grafana: Grafana, told: list[IncidentEvent]
) -> None:
    sender = AnnotationSender(grafana)
    for event in told:
        sender.send(event)
    assert sender.close() == 0
    marks = server.annotations
    assert [mark["tags"][:3] for mark in marks[:-1]] == [
        ["badbuzz", "Acme", "opened"],
        *[["badbuzz", "Acme", "changed"]] * (len(marks) - 2),
    ]
    assert marks[-1]["tags"][:3] == ["badbuzz", "Acme", "closed"]
    assert marks[-1]["timeEnd"] - marks[-1]["time"] > 3_600_000
    assert [mark["text"] for mark in marks] == [event.summary for event in told]
    assert [mark["tags"][3] for mark in marks[:-1]] == [event.severity for event in told[:-1]]


def test_what_was_sent_before_an_answer_was_lost_is_not_sent_twice(
    server: FakeGrafana, grafana: Grafana, told: list[IncidentEvent]
) -> None:
    server.lose_answers = 1
    first = annotation(told[0])
    grafana.annotate(first.key, first.time_ms, first.tags, first.text)
    assert len(server.annotations) == 1


def test_a_grafana_that_is_gone_delays_nothing_and_gets_its_marks_when_it_is_back(
    server: FakeGrafana, told: list[IncidentEvent]
) -> None:
    server.broken = [(503, b"{}")]
    answer, back = server.answer, threading.Event()

    def stuck(method: str, path: str, body: Any, authorization: str | None) -> tuple[int, Any]:
        back.wait(10)
        return answer(method, path, body, authorization)

    server.answer = stuck  # type: ignore[method-assign]
    sender = AnnotationSender(Grafana(server.url, TOKEN, timeout=15, attempts=1))
    for event in told:
        sender.send(event)
    assert server.annotations == [], "all are taken while Grafana has not even answered the first"
    back.set()
    assert sender.close(timeout=10) == 0
    assert len(server.annotations) == len(told)


def test_marks_that_wait_are_bounded_and_what_is_dropped_is_counted(told: list[IncidentEvent]) -> None:
    sender = AnnotationSender(Grafana("http://127.0.0.1:9", TOKEN, attempts=1), capacity=2)
    for event in told * 4:
        sender.send(event)
    assert sender.dropped >= 4 * len(told) - 3
    assert sender.close(timeout=0.1) <= 2


def test_a_worker_sends_marks_only_where_a_grafana_is_configured(
    server: FakeGrafana, told: list[IncidentEvent]
) -> None:
    assert annotation_sender({}) is None
    with pytest.raises(ConfigError, match="BADBUZZ_GRAFANA_URL"):
        annotation_sender({"BADBUZZ_GRAFANA_URL": "grafana", "BADBUZZ_GRAFANA_TOKEN": TOKEN})
    sender = annotation_sender({"BADBUZZ_GRAFANA_URL": server.url, "BADBUZZ_GRAFANA_TOKEN": TOKEN})
    assert sender is not None
    sender.send(told[0])
    assert sender.close() == 0
    assert len(server.annotations) == 1
