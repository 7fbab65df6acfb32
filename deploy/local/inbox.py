"""An inbox for the notifications that Alertmanager sends: a webhook that speaks Slack's format, on loopback."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from deploy.local.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable


class Notification(NamedTuple):
    """A notification: its time of arrival (seconds since the epoch), receiver, title and text."""

    at: float
    receiver: str
    title: str
    text: str


class Inbox:
    """Receive notifications in the format of Slack, which Alertmanager renders from the templates.

    Parameters
    ----------
    on_notification
        Called with each.

    Attributes
    ----------
    notifications
        All received so far.
    """

    def __init__(self, on_notification: Callable[[Notification], None] = lambda _: None) -> None:
        self.notifications: list[Notification] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver = self.path.strip("/")
                for part in body.get("attachments", ()):
                    notification = Notification(time.time(), receiver, part.get("title", ""), part.get("text", ""))
                    inbox.notifications.append(notification)
                    on_notification(notification)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Log nothing: each notification is passed on."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
