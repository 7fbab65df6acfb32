"""Client of Grafana's HTTP API, on top of grafana-api: retries, one error class, and annotations.

grafana-api 1.0.3 lets errors of `requests` through and fails on an empty response (204); here each becomes a
`GrafanaError` that says whether a retry can help. The token is sent in a header and never logged or printed.

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
from urllib.parse import SplitResult, urlencode, urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from streams.addresses import has_user, shown
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
        Its address, with the path it is served under.
    token
        Token of a service account that may edit dashboards, data sources and annotations.
    timeout
        Seconds to wait for a response.
    attempts
        How often to try a request that a retry can help, with pauses of 1, 2, 4, … seconds.
    sleep
        Waits a number of seconds.

    Attributes
    ----------
    client
        The client of grafana-api; use it within `call` or `find`.

    Examples
    --------
    >>> Grafana("https://grafana.example.org/monitoring", token="secret")
    Grafana('https://grafana.example.org/monitoring')
    >>> Grafana("grafana.example.org", token="secret")
    Traceback (most recent call last):
    ...
    streams.errors.GrafanaError: expected an address such as https://grafana.example.org, without user and query, got \
'grafana.example.org'; a token is in BADBUZZ_GRAFANA_TOKEN
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
        parts = checked_address(url)
        self.url = shown(url).rstrip("/")
        self.attempts = attempts
        self.sleep = sleep
        prefix, host = parts.path.strip("/"), parts.hostname or ""
        self.client = GrafanaFace(
            auth=token,
            host=f"[{host}]" if ":" in host else host,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=timeout,
        )

    def __repr__(self) -> str:
        return f"Grafana({self.url!r})"

    def call(self, request: Callable[[], Any]) -> Any:
        """Return the result of a request, retrying if that can help.

        Raises
        ------
        GrafanaError
            Grafana cannot be reached, or refuses the request.
        """
        for attempt in range(self.attempts):
            try:
                return self._attempt(request)
            except GrafanaError as error:
                if not error.retryable or attempt + 1 == self.attempts:
                    raise
                self.sleep(2.0**attempt)
        return None

    def find(self, request: Callable[[], Any]) -> dict[str, Any] | None:
        """Return the result of a request, or None if Grafana has no such object (404)."""
        try:
            result: dict[str, Any] = self.call(request) or {}
        except GrafanaError as error:
            if error.status == 404:
                return None
            raise
        return result

    def missing(self, uids: Iterable[str]) -> list[str]:
        """Return which of the data source and these dashboards Grafana lacks."""
        required = {f"data source {DATASOURCE_UID}": partial(self.client.api.GET, f"/datasources/uid/{DATASOURCE_UID}")}
        required |= {f"dashboard {uid}": partial(self.client.dashboard.get_dashboard, uid) for uid in uids}
        return [name for name, request in required.items() if self.find(request) is None]

    def annotate(self, key: str, time_ms: int, tags: Sequence[str], text: str, end_ms: int | None = None) -> None:
        """Add an annotation, at a point or over a range in time; idempotent, so that retries add no duplicates.

        Parameters
        ----------
        key
            Identifies the annotation: it becomes a tag, and an annotation with this tag is not added again.
        time_ms, end_ms
            Milliseconds since the epoch.
        tags
            Tags beside `badbuzz`; dashboards show the annotations of a tag.
        text
            Text of the annotation.
        """
        all_tags = [TAG, *tags, f"id:{key}"]

        def send() -> Any:
            if self.client.api.GET("/annotations?" + urlencode({"tags": all_tags[-1], "limit": "1"})):
                return None
            return self.client.annotations.add_annotation(time_from=time_ms, time_to=end_ms, tags=all_tags, text=text)

        self.call(send)

    def _attempt(self, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except requests.exceptions.JSONDecodeError as error:
            if not error.doc.strip():
                return None  # 204
            raise GrafanaError(
                f"{self.url} does not respond as Grafana does: is it the address of a login page?", retryable=False
            ) from None
        except requests.exceptions.Timeout:
            raise GrafanaError(f"{self.url} did not respond in time", retryable=True) from None
        except requests.exceptions.RequestException as error:
            raise GrafanaError(
                f"{self.url} cannot be reached ({type(error).__name__}): is Grafana running there?", retryable=True
            ) from None
        except GrafanaException as error:
            status = int(error.status_code)
            hint = ": is the token right, and does it have the permission?" if status in {401, 403} else ""
            raise GrafanaError(
                f"{self.url} refuses: {error.message}{hint}",
                retryable=not isinstance(error, GrafanaClientError) or status == 429,
                status=status,
            ) from None


def checked_address(url: str) -> SplitResult:
    """Return the parts of Grafana's address.

    Raises
    ------
    GrafanaError
        It is none, or carries a user or a password.
    """
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if has_user(url) or not right:
        raise GrafanaError(
            f"expected an address such as https://grafana.example.org, without user and query, got {shown(url)!r}; "
            f"a token is in {TOKEN}",
            retryable=False,
        )
    return parts


def grafana_token(file: Path | None, environment: Mapping[str, str] | None = None) -> str:
    """Return the service account token in a file, or in `BADBUZZ_GRAFANA_TOKEN`.

    Raises
    ------
    ConfigError
        There is none, or the file cannot be read.

    Examples
    --------
    >>> grafana_token(None, {"BADBUZZ_GRAFANA_TOKEN": " secret "})
    'secret'
    """
    environment = os.environ if environment is None else environment
    try:
        token = file.read_text(encoding="utf-8") if file else environment.get(TOKEN, "")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{TOKEN_FILE} or --token-file: expected the path of a readable file, got: {_problem(error)}"
        ) from None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"expected a service account's token in {TOKEN} or in the file that {TOKEN_FILE} or --token-file names, "
            "got none or one with characters that tokens do not have"
        )
    return token


def _problem(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file cannot be read, without its path: people give the secret itself in its place."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
