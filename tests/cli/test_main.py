"""The group of commands: its help, and how it reports errors."""

import subprocess
import sys

import click
import pytest

from streams.cli.main import COMMANDS, main
from tests.helpers.terminal import badbuzz

HEAVY = ("streams.pipeline", "streams.offline", "streams.worker", "kafka", "faust", "matplotlib", "numpy", "dashboards")


def test_the_help_lists_every_command_without_importing_any() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from streams.cli.main import main;"
        "print(CliRunner().invoke(main, ['--help']).output); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, modules = done.stdout.rstrip().rsplit("\n", 1)
    assert all(f"  {name} " in shown and command.short_help in shown for name, command in COMMANDS.items())
    assert not set(HEAVY) & set(modules.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_imported_under_its_name(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("replay", "no-such-file.jsonl"), "expected a readable mention file, got no-such-file.jsonl"),
        (("replay", __file__, "--config", "no-such.toml"), "expected a readable TOML file at no-such.toml"),
        (("replay", __file__, "--dead-letters", "/no/such/folder/f"), "expected a file that can be written"),
        (("detect", "no-such.csv"), "expected a readable file, got no-such.csv"),
        (("backtest", __file__, "--truth", "no-such.csv"), "expected a readable CSV file, got no-such.csv"),
        (("demo", "--scenario", "no-such"), "no-such"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_status_2(args: tuple[str, ...], message: str) -> None:
    done = badbuzz(*args)
    assert done.returncode == 2
    assert done.stdout == b""
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1
