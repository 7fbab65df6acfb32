"""Shared by the commands: their common options, the files they open, and settings of the process."""

import gc
import gzip
import logging
import os
import sys
from pathlib import Path
from typing import IO, Any, TextIO

import click

from streams.errors import ConfigError
from streams.mentions.dead_letter import DeadLetterFile

# State that lives for hours holds no cycles: searching it takes a tenth of a replay's time with Python's defaults, and
# a tenth of a worker's with ten thousand brands even every twenty thousand objects. Young objects are still searched.
GC_THRESHOLDS = (100_000, 500, 1000)

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_CONFIG",
    help="Configuration file.  [default: badbuzz.toml, where there is one]",
)


class BrandName(click.ParamType):
    """The name of a brand; several in the environment variable are separated by commas, for names have spaces."""

    name = "text"
    envvar_list_splitter = ","

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without the space around it."""
        return value.strip()


brand_option = click.option(
    "--brand",
    "brands",
    type=BrandName(),
    multiple=True,
    envvar="BADBUZZ_BRAND",
    help="Only this brand; may be repeated, in the variable by commas.",
)
json_option = click.option("--json", "as_json", is_flag=True, envvar="BADBUZZ_JSON", help="One JSON object a line.")
dead_letters_option = click.option(
    "--dead-letters",
    "dead_letters_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_DEAD_LETTERS",
    help="Write unreadable lines here, with the reason.",
)


def open_dead_letters(path: Path | None) -> DeadLetterFile:
    """Open the file for unreadable lines.

    Raises
    ------
    ConfigError
        It cannot be written.
    """
    try:
        return DeadLetterFile(path)
    except OSError as error:
        raise ConfigError(
            f"--dead-letters: expected a file that can be written, got {path}: {error.strerror}"
        ) from None


def check_picture(path: Path) -> None:
    """Check, before the work, that a picture can be drawn to a path.

    Raises
    ------
    ConfigError
        It has another suffix than `.png` or `.svg`, or its folder cannot be written.
    """
    if path.suffix.lower() not in {".png", ".svg"}:
        raise ConfigError(f"--picture: expected a path that ends in .png or .svg, got {str(path)!r}; rename it")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise ConfigError(f"--picture: expected a path that can be written, got {str(path)!r}; choose another")


def open_binary(path: str) -> IO[bytes]:
    """Open a file for reading bytes, unpacked where it is gzipped; `-` is standard input.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    source: IO[bytes] = _open(path, "rb", sys.stdin.buffer)
    return source


def open_text(path: str) -> TextIO:
    """Open a file for reading UTF-8 text, unpacked where it is gzipped; `-` is standard input.

    Raises
    ------
    ConfigError
        It cannot be read.
    """
    source: TextIO = _open(path, "rt", sys.stdin)
    return source


def _open(path: str, mode: str, standard_input: IO[Any]) -> Any:
    if path == "-":
        return standard_input
    encoding, newline = (None, None) if "b" in mode else ("utf-8-sig", "")
    try:
        if path.endswith(".gz") or _is_packed(Path(path)):
            return gzip.open(path, mode, encoding=encoding, newline=newline)
        return Path(path).open(mode, encoding=encoding, newline=newline)
    except OSError as error:
        raise ConfigError(f"expected a readable file, got {path}: {error.strerror}") from None


def _is_packed(path: Path) -> bool:
    """Return whether a file is gzipped, whatever its name; what is no file, as a pipe, is not looked into."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def quiet_kafka_clients() -> None:
    """Silence the Kafka client's log: the command's own error says it in one line."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def relax_garbage_collection() -> None:
    """Search for cycles less often, and old objects hardly ever, for a command that holds much state for long."""
    gc.set_threshold(*GC_THRESHOLDS)
