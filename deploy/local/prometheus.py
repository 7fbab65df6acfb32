"""Prometheus and Alertmanager on this machine, without containers: for tests and for trying badbuzz out.

Debian's packages as plain binaries on 127.0.0.1; `install-prometheus.sh` installs them. :class:`LocalPrometheus` and
:class:`LocalAlertmanager` are context managers.
"""

from __future__ import annotations

import json
import shutil
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from deploy.local.server import LocalServer, LocalServerError, answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BINARIES = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "amtool": ("amtool",),
}


def binary(name: str) -> str:
    """Return the path of `prometheus`, `promtool`, `alertmanager` or `amtool`.

    Raises
    ------
    LocalServerError
        It is not installed.
    """
    for candidate in _BINARIES[name]:
        path = shutil.which(candidate)
        if path:
            return path
    raise LocalServerError(f"{name} is missing: run deploy/local/install-prometheus.sh as root")


class _ApiServer(LocalServer):
    """A server with the HTTP interface that Prometheus and Alertmanager share."""

    def ready(self) -> bool:
        """Return whether it serves requests."""
        return answers(f"{self.url}/-/ready")

    def get(self, path: str, **query: str) -> Any:
        """Return the decoded response of its JSON API to a GET request."""
        address = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310  (our own loopback server)
            return json.load(response)


class LocalPrometheus(_ApiServer):
    """A Prometheus with a configuration file.

    Parameters
    ----------
    config
        Its `prometheus.yml`.
    home
        Folder of its log and data; by default a fresh folder that is removed at the end.
    port
        Port it listens on at 127.0.0.1; a free one by default.
    retention
        Retention time of samples. The default retains those of a replay, which are years old.

    Examples
    --------
    >>> with LocalPrometheus(Path("prometheus.yml")) as prometheus:  # doctest: +SKIP
    ...     prometheus.query("up")
    """

    name = "prometheus"

    def __init__(
        self, config: Path, home: Path | None = None, port: int | None = None, retention: str = "100y"
    ) -> None:
        super().__init__(home, port)
        self.config = config
        self.retention = retention

    @property
    def data(self) -> Path:
        """The folder of its blocks; blocks put there before it starts are served."""
        return self.home / "data"

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [
            binary("prometheus"),
            f"--config.file={self.config}",
            f"--storage.tsdb.path={self.data}",
            f"--storage.tsdb.retention.time={self.retention}",
            f"--web.listen-address={self.address}",
            "--enable-feature=exemplar-storage",
        ]

    @property
    def alerts_page(self) -> str:
        """The address at which this build shows its alerts: Debian's has the classic page alone, others the new one."""
        pages = [f"{self.url}{path}" for path in ("/alerts", "/classic/alerts")]
        return next((page for page in pages if answers(page)), f"{self.url}/api/v1/alerts")

    def query(self, expression: str, time_s: float | None = None) -> list[dict[str, Any]]:
        """Return the series of an instant query, now or at a time in seconds since the epoch."""
        at = {} if time_s is None else {"time": str(time_s)}
        data = self.get("/api/v1/query", query=expression, **at)["data"]
        # A scalar is one nameless series.
        return [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else list(data["result"])

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """Return the series of a range query; times and step in seconds."""
        response = self.get("/api/v1/query_range", query=expression, start=str(start), end=str(end), step=str(step))
        return list(response["data"]["result"])


class LocalAlertmanager(_ApiServer):
    """An Alertmanager with a configuration file.

    Parameters
    ----------
    config
        Its `alertmanager.yml`.
    home, port
        As for :class:`LocalPrometheus`.
    """

    name = "alertmanager"

    def __init__(self, config: Path, home: Path | None = None, port: int | None = None) -> None:
        super().__init__(home, port)
        self.config = config

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [
            binary("alertmanager"),
            f"--config.file={self.config}",
            f"--storage.path={self.home / 'data'}",
            f"--web.listen-address={self.address}",
            # One server alone: without a cluster it does not wait for others.
            "--cluster.listen-address=",
        ]

    def alerts(self) -> list[dict[str, Any]]:
        """Return its current alerts."""
        return list(self.get("/api/v2/alerts"))
