"""A client of Grafana's HTTP API, through grafana-api: one kind of error, retries, and annotations.

grafana-api 1.0.3 raises `requests` errors as they come and stumbles over an empty answer (204); here each becomes a
`GrafanaError` that says whether a retry can help. The token is sent in a header and shown nowhere.

References
----------
https://grafana.com/docs/grafana/v11.6/developers/http_api/
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from streams.errors import ConfigError, GrafanaError

URL = "BADBUZZ_GRAFANA_URL"
TOKEN = "BADBUZZ_GRAFANA_TOKEN"  # noqa: S105  the variable's name
TOKEN_FILE = "BADBUZZ_GRAFANA_TOKEN_FILE"  # noqa: S105
DATASOURCE_UID = "badbuzz-prometheus"
FOLDER_UID = "badbuzz"
TAG = "badbuzz"


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

    Attributes
    ----------
    face
        The client of grafana-api; call it within `ask` or `find`.

    Examples
    --------
    >>> Grafana("https://grafana.example.org/monitoring", token="secret")
    Grafana('https://grafana.example.org/monitoring')
    >>> Grafana("grafana.example.org", token="secret")
    Traceback (most recent call last):
    ...
    streams.errors.GrafanaError: expected an address such as https://grafana.example.org, got 'grafana.example.org'
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
            raise GrafanaError(f"expected an address such as https://grafana.example.org, got {url!r}", retryable=False)
        self.url = url.rstrip("/")
        self.attempts = attempts
        self.sleep = sleep
        prefix = parts.path.strip("/")
        self.face = GrafanaFace(
            auth=token,
            host=f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout,
        )

    def __repr__(self) -> str:
        return f"Grafana({self.url!r})"

    def ask(self, request: Callable[[], Any]) -> Any:
        """Return what a request returns, retrying what may yet succeed.

        Raises
        ------
        GrafanaError
            Grafana cannot be reached, or refuses.
        """
        for attempt in range(self.attempts):
            try:
                return self._call(request)
            except GrafanaError as error:
                if not error.retryable or attempt + 1 == self.attempts:
                    raise
                self.sleep(2.0**attempt)
        return None

    def find(self, request: Callable[[], Any]) -> dict[str, Any] | None:
        """Return what a request returns, None where Grafana has no such thing (404)."""
        try:
            found: dict[str, Any] = self.ask(request) or {}
        except GrafanaError as error:
            if error.status == 404:
                return None
            raise
        return found

    def missing(self, uids: Iterable[str]) -> list[str]:
        """List what of the data source and these dashboards is not there."""
        wanted = {f"data source {DATASOURCE_UID}": partial(self.face.api.GET, f"/datasources/uid/{DATASOURCE_UID}")}
        wanted |= {f"dashboard {uid}": partial(self.face.dashboard.get_dashboard, uid) for uid in uids}
        return [name for name, request in wanted.items() if self.find(request) is None]

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
            if self.face.api.GET("/annotations?" + urlencode({"tags": every[-1], "limit": "1"})):
                return None
            return self.face.annotations.add_annotation(time_from=time_ms, time_to=end_ms, tags=every, text=text)

        self.ask(send)

    def _call(self, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except requests.exceptions.JSONDecodeError as error:
            if not error.doc.strip():
                return None  # 204: done, and nothing to say
            raise GrafanaError(
                f"{self.url} answers, but not as Grafana does: is it the address of a login page?", retryable=False
            ) from None
        except requests.exceptions.Timeout:
            raise GrafanaError(f"{self.url} did not answer in time", retryable=True) from None
        except requests.exceptions.RequestException as error:
            raise GrafanaError(
                f"{self.url} cannot be reached ({type(error).__name__}): is Grafana running there?", retryable=True
            ) from None
        except GrafanaException as error:
            status = int(error.status_code)
            hint = ": is the token right, and may it do that?" if status in {401, 403} else ""
            raise GrafanaError(
                f"{self.url} refuses: {error.message}{hint}",
                retryable=not isinstance(error, GrafanaClientError) or status == 429,
                status=status,
            ) from None


def grafana_token(file: Path | None, environment: Mapping[str, str] | None = None) -> str:
    """Read the token from a file, or from `BADBUZZ_GRAFANA_TOKEN`.

    Raises
    ------
    ConfigError
        There is none.

    Examples
    --------
    >>> grafana_token(None, {"BADBUZZ_GRAFANA_TOKEN": " secret "})
    'secret'
    """
    environment = os.environ if environment is None else environment
    try:
        token = file.read_text(encoding="utf-8") if file else environment.get(TOKEN, "")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{TOKEN_FILE} or --token-file: expected a readable file, got {file}: {error}") from None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"expected a service account's token in {TOKEN} or in the file that {TOKEN_FILE} or --token-file names, "
            "got none or one with characters that no token has"
        )
    return token
