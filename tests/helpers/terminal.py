"""The command line as a person uses it: `badbuzz` in a process of its own, on files."""

import gzip
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BADBUZZ = Path(sys.executable).with_name("badbuzz")


def badbuzz(*args: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return subprocess.run(
        [BADBUZZ, *args], input=stdin, capture_output=True, timeout=120, check=False, env=os.environ | (env or {})
    )


def write_lines(path: Path, lines: Sequence[bytes]) -> str:
    """Write a file, packed where its name ends in `.gz`; its path as an argument."""
    data = b"\n".join(lines) + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)
