"""Everything badbuzz says to Grafana's HTTP API, through grafana-api: data source, folder, dashboards, annotations.

grafana-api 1.0.3 raises `requests` errors as they come and stumbles over an empty answer (204); here each becomes one
kind of error that says whether trying again can help. The token is sent in a header and shown nowhere.

References
----------
https://grafana.com/docs/grafana/v11.6/developers/http_api/
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from dashboards.page import DATASOURCE_UID, FOLDER_UID, TAG


class GrafanaError(Exception):
    """Grafana cannot be reached or refuses what was asked; `again` tells whether trying again can help."""

    def __init__(self, message: str, *, again: bool, status: int = 0) -> None:
        super().__init__(message)
        self.again = again
        self.status = status


class Grafana:
    """A Grafana server.

    Parameters
    ----------
    url
        Where it is, with the path it is served under.
    token
        Of a service account that may edit dashboards, data sources and annotations.
    timeout
        Seconds to wait for an answer.
    attempts
        How often to try what may yet succeed, with pauses of 1, 2, 4, … seconds.
    sleep
        Waits so many seconds.

    Examples
    --------
    >>> Grafana("https://grafana.example.org/monitoring", token="secret")
    Grafana('https://grafana.example.org/monitoring')
    >>> Grafana("grafana.example.org", token="secret")
    Traceback (most recent call last):
    ...
    dashboards.push.GrafanaError: expected an address such as https://grafana.example.org, got 'grafana.example.org'
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 5.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise GrafanaError(f"expected an address such as https://grafana.example.org, got {url!r}", again=False)
        self.url = url.rstrip("/")
        self.attempts = attempts
        self.sleep = sleep
        prefix = parts.path.strip("/")
        self._face = GrafanaFace(
            auth=token,
            host=f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout,
        )

    def __repr__(self) -> str:
        return f"Grafana({self.url!r})"

    def push_datasource(self, prometheus_url: str) -> None:
        """Create the data source the dashboards ask, or point it at this Prometheus; leave a provisioned one alone."""
        wanted = {
            "uid": DATASOURCE_UID,
            "name": "badbuzz",
            "type": "prometheus",
            "access": "proxy",
            "url": prometheus_url,
            "jsonData": {"httpMethod": "POST", "timeInterval": "5s"},
        }
        path = f"/datasources/uid/{DATASOURCE_UID}"
        found = self._found(lambda: self._face.api.GET(path))
        if found is None:
            self._try(lambda: self._face.datasource.create_datasource(wanted))
        elif not found.get("readOnly"):
            self._try(lambda: self._face.api.PUT(path, json=wanted))

    def push_folder(self, title: str = "badbuzz") -> None:
        """Create the folder of the dashboards unless it is there."""
        if self._found(lambda: self._face.folder.get_folder(FOLDER_UID)) is None:
            try:
                self._try(lambda: self._face.folder.create_folder(title, uid=FOLDER_UID))
            except GrafanaError as error:
                # Somebody else has just created it.
                if error.status not in {409, 412}:
                    raise

    def push_dashboards(self, boards: Iterable[str]) -> list[str]:
        """Write dashboards into the folder, over what is there.

        Parameters
        ----------
        boards
            The JSON of each.

        Returns
        -------
        list of str
            Where each can be seen.
        """
        addresses = []
        for text in boards:
            board = json.loads(text)
            asked = {"dashboard": board, "folderUid": FOLDER_UID, "overwrite": True, "message": "badbuzz"}
            answer = self._try(partial(self._face.dashboard.update_dashboard, asked))
            addresses.append(self.url + str((answer or {}).get("url", f"/d/{board['uid']}")))
        return addresses

    def missing(self, uids: Iterable[str]) -> list[str]:
        """List what of the data source and these dashboards is not there."""
        wanted = {f"data source {DATASOURCE_UID}": partial(self._face.api.GET, f"/datasources/uid/{DATASOURCE_UID}")}
        wanted |= {f"dashboard {uid}": partial(self._face.dashboard.get_dashboard, uid) for uid in uids}
        return [name for name, ask in wanted.items() if self._found(ask) is None]

    def annotate(self, key: str, time_ms: int, tags: Sequence[str], text: str, end_ms: int | None = None) -> None:
        """Mark a moment, or a span, on every dashboard that asks for one of its tags; once, however often it is tried.

        Parameters
        ----------
        key
            Names what is marked: it becomes a tag, and what is there already is not sent again.
        time_ms, end_ms
            Milliseconds since the epoch.
        tags
            Beside `badbuzz`.
        text
            What is shown.
        """
        every = [TAG, *tags, f"id:{key}"]

        def send() -> Any:
            if self._face.api.GET("/annotations?" + urlencode({"tags": every[-1], "limit": "1"})):
                return None
            return self._face.annotations.add_annotation(time_from=time_ms, time_to=end_ms, tags=every, text=text)

        self._try(send)

    def _found(self, ask: Callable[[], Any]) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._try(ask) or {}
        except GrafanaError as error:
            if error.status == 404:
                return None
            raise
        return found

    def _try(self, ask: Callable[[], Any]) -> Any:
        for attempt in range(self.attempts):
            try:
                return self._ask(ask)
            except GrafanaError as error:
                if not error.again or attempt + 1 == self.attempts:
                    raise
                self.sleep(2.0**attempt)
        return None

    def _ask(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except requests.exceptions.JSONDecodeError as error:
            if not error.doc.strip():
                return None  # 204: done, and nothing to say
            raise GrafanaError(
                f"{self.url} answers, but not as Grafana does: is it the address of a login page?", again=False
            ) from None
        except requests.exceptions.Timeout:
            raise GrafanaError(f"{self.url} did not answer in time", again=True) from None
        except requests.exceptions.RequestException as error:
            raise GrafanaError(
                f"{self.url} cannot be reached ({type(error).__name__}): is Grafana running there?", again=True
            ) from None
        except GrafanaException as error:
            status = int(error.status_code)
            hint = ": is the token right, and may it do that?" if status in {401, 403} else ""
            raise GrafanaError(
                f"{self.url} refuses: {error.message}{hint}",
                again=not isinstance(error, GrafanaClientError) or status == 429,
                status=status,
            ) from None
