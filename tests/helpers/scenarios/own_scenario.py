"""A scenario of one's own: the sample in the documentation of the format, and a file of it."""

import re
from pathlib import Path

from streams.scenarios import schema

SAMPLE = re.sub(r"(?m)^    ", "", schema.__doc__.split("::\n", 1)[1].split("\nFour further", 1)[0])


def write(folder: Path, text: str) -> Path:
    """Write a scenario file."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path
