"""Lines of the documented incident's reconstruction: select, shift in time, merge."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from streams.mentions.message import event_ms
from streams.scenarios import load_scenario

DOCUMENTED = "trois_suisses_2012"
_CREATED_AT = re.compile(rb'("created_at"\s*:\s*")([^"]+)"')


def documented(first: str, last: str) -> list[bytes]:
    """The lines of the documented incident's reconstruction between two times (ISO 8601, UTC)."""
    start, end = (datetime.fromisoformat(at).timestamp() * 1000 for at in (first, last))
    return [line.rstrip() for line in load_scenario(DOCUMENTED).mentions() if start <= (event_ms(line) or 0) < end]


def moved(lines: Iterable[bytes], by: timedelta) -> list[bytes]:
    """The same lines at other times."""

    def later(match: re.Match[bytes]) -> bytes:
        at = datetime.fromisoformat(match[2].decode()) + by
        return match[1] + at.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode() + b'"'

    return [_CREATED_AT.sub(later, line) for line in lines]


def by_time(*parts: Sequence[bytes]) -> list[bytes]:
    """Lines in the order of their event times."""
    return sorted((line for part in parts for line in part), key=lambda line: event_ms(line) or 0)
