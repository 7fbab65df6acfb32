"""A Grafana server in memory: the parts of its HTTP API that badbuzz uses, as documented for 11.6."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "glsa_0123456789abcdef_secret"  # noqa: S105


class FakeGrafana:
    """A Grafana on loopback, with its objects as attributes.

    Attributes
    ----------
    failures
        Responses to send instead, the next first: status and body.
    lost_responses
        How many POST requests to carry out without sending the response.
    """

    def __init__(self) -> None:
        self.datasources: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, dict[str, Any]] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.annotations: list[dict[str, Any]] = []
        self.failures: list[tuple[int, bytes]] = []
        self.lost_responses = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                status, response = fake.respond(self.command, self.path, body, self.headers.get("Authorization"))
                if self.command == "POST" and fake.lost_responses:
                    fake.lost_responses -= 1
                    self.close_connection = True
                    return
                data = response if isinstance(response, bytes) else json.dumps(response).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815  the names are the base class's

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Some tests have a client that has gone: not an error here.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/grafana"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, method: str, path: str, body: Any, authorization: str | None) -> tuple[int, Any]:
        if self.failures:
            return self.failures.pop(0)
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
            existing = self.datasources.get(uid)
            return (200, existing) if existing else (404, {"message": "Data source not found"})
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
            existing = self.boards.get(name.removeprefix("uid/"))
            return (200, {"dashboard": existing, "meta": {}}) if existing else (404, {"message": "Dashboard not found"})
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
