"""The real Prometheus and Alertmanager that these tests ask."""

import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.prometheus import PrometheusUnavailableError, binary
from streams.mentions.message import event_ms
from streams.scenarios import load_scenario

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENTED = "trois_suisses_2012"
_CREATED_AT = re.compile(rb'("created_at"\s*:\s*")([^"]+)"')


@pytest.fixture(scope="session")
def tools() -> None:
    """Prometheus and Alertmanager: a test that needs them is skipped where they are missing, never in CI."""
    try:
        for name in ("prometheus", "promtool", "alertmanager", "amtool"):
            binary(name)
    except PrometheusUnavailableError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


def documented(first: str, last: str) -> list[bytes]:
    """The lines of the documented incident's reconstruction between two times (ISO 8601, UTC)."""
    start, end = (datetime.fromisoformat(at).timestamp() * 1000 for at in (first, last))
    return [line.rstrip() for line in load_scenario(DOCUMENTED).mentions() if start <= (event_ms(line) or 0) < end]


def moved(lines: Iterable[bytes], by: timedelta) -> list[bytes]:
    """The same lines at other times."""

    def later(found: re.Match[bytes]) -> bytes:
        at = datetime.fromisoformat(found[2].decode()) + by
        return found[1] + at.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode() + b'"'

    return [_CREATED_AT.sub(later, line) for line in lines]


def by_time(*parts: Sequence[bytes]) -> list[bytes]:
    """Lines in the order of their event times."""
    return sorted((line for part in parts for line in part), key=lambda line: event_ms(line) or 0)
