"""The dashboards' JSON: `badbuzz dashboards build` writes it, and it is committed for those who mount files."""

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
"""What each file of `dashboards/json` is drawn by."""


class Expression(NamedTuple):
    """One PromQL expression, and the panel that asks it."""

    board: str
    panel: str
    text: str


def build() -> dict[str, str]:
    """Give the JSON of each dashboard by the name of its file.

    Examples
    --------
    >>> sorted(build())
    ['brand.json', 'overview.json', 'pipeline.json']
    """
    files = {}
    for name, draw in BOARDS.items():
        board = draw().build()
        for number, panel in enumerate(board.panels or (), start=1):
            panel.id_val = number  # links to a panel hold on to it
        files[f"{name}.json"] = json.dumps(board, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"
    return files


def uids() -> list[str]:
    """Return the uid of each dashboard.

    Examples
    --------
    >>> uids()
    ['badbuzz-overview', 'badbuzz-brand', 'badbuzz-pipeline']
    """
    return [str(draw().build().uid) for draw in BOARDS.values()]


def write(folder: Path = JSON_DIR) -> list[Path]:
    """Write the files and list them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, text in build().items():
        files.append(folder / name)
        files[-1].write_text(text, encoding="utf-8")
    return files


def expressions(board: dict[str, Any]) -> Iterator[Expression]:
    """List what the panels of a dashboard ask Prometheus."""
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield Expression(board["uid"], panel["title"], target["expr"])
