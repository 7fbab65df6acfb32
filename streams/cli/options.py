"""What the commands share: where they write, their common options, the model."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from streams.errors import ConfigError
from streams.mentions.dead_letter import DeadLetterFile

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_CONFIG",
    help="Configuration file.  [default: badbuzz.toml, where there is one]",
)
brand_option = click.option(
    "--brand", "brands", multiple=True, envvar="BADBUZZ_BRAND", help="Only this brand; may be repeated."
)
json_option = click.option("--json", "as_json", is_flag=True, envvar="BADBUZZ_JSON", help="One JSON object a line.")
letters_option = click.option(
    "--dead-letters",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_DEAD_LETTERS",
    help="Keep unreadable lines here, with the reason.",
)


@functools.cache
def model() -> Any:
    """Load the negativity model, once."""
    from detectors.negativity import NegativityModel  # noqa: PLC0415  the weights take a moment to load

    return NegativityModel.load()


def letters_file(path: Path | None) -> DeadLetterFile:
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


def write_line(line: bytes) -> None:
    """Write one line to standard output, at once."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


class ReadingProgress:
    """A progress bar on standard error, where that is a terminal.

    Parameters
    ----------
    position
        Gives the bytes read and their total.
    what
        What is being done, one word.
    """

    def __init__(self, position: Callable[[], Any], what: str = "replaying") -> None:
        self._position = position
        self._bar = Progress(
            TextColumn(what),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        task = self._bar.add_task("", total=self._position().total or None)
        return lambda: self._bar.update(task, completed=self._position().done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
