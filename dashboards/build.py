"""JSON of the dashboards, as `badbuzz dashboards build` writes it; committed for installations that mount files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.brand import brand
from dashboards.overview import overview
from dashboards.pipeline import pipeline

JSON_DIR = Path(__file__).parent / "json"
BOARDS = {"overview": overview, "brand": brand, "pipeline": pipeline}
"""The dashboards, by the name of their file in `dashboards/json`."""


class Expression(NamedTuple):
    """A PromQL expression, with the dashboard's uid and the panel's title."""

    board: str
    panel: str
    text: str


def build() -> dict[str, str]:
    """Return the JSON of each dashboard by the name of its file.

    Examples
    --------
    >>> sorted(build())
    ['brand.json', 'overview.json', 'pipeline.json']
    """
    files = {}
    for name, new_board in BOARDS.items():
        board = new_board().build()
        for number, panel in enumerate(board.panels or (), start=1):
            panel.id_val = number  # a stable id, for links to the panel
        files[f"{name}.json"] = json.dumps(board, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"
    return files


def uids() -> list[str]:
    """Return the uid of each dashboard.

    Examples
    --------
    >>> uids()
    ['badbuzz-overview', 'badbuzz-brand', 'badbuzz-pipeline']
    """
    return [str(new_board().build().uid) for new_board in BOARDS.values()]


def write(folder: Path = JSON_DIR) -> list[Path]:
    """Write the files; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, text in build().items():
        files.append(folder / name)
        files[-1].write_text(text, encoding="utf-8")
    return files


def expressions(board: dict[str, Any]) -> Iterator[Expression]:
    """Yield the queries of a dashboard's panels."""
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield Expression(board["uid"], panel["title"], target["expr"])
