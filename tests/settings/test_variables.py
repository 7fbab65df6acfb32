"""Environment variables of badbuzz: those that set nothing are named with the nearest right name."""

import click
import pytest

from streams.cli.main import COMMANDS
from streams.settings.variables import COMMAND_VARIABLES, unknown_variables
from tests.helpers.terminal import badbuzz

OTHERS = {"BADBUZZ_ALERTMANAGER_URL", "BADBUZZ_SHARED", "BADBUZZ_GRAFANA_TOKEN", "BADBUZZ_CONFIG"}


def envvars(command: click.Command) -> set[str]:
    """Every variable of a command and of the commands below it."""
    found = {str(option.envvar) for option in command.params if isinstance(option, click.Option) and option.envvar}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            found |= envvars(sub) if sub else set()
    return found


def test_every_variable_of_a_command_is_known() -> None:
    of_commands = set().union(*(envvars(command.load()) for command in COMMANDS.values()))
    assert of_commands | OTHERS == COMMAND_VARIABLES


def test_a_misspelt_variable_is_named_with_the_right_one_and_nothing_fails() -> None:
    done = badbuzz("demo", "--list", env={"BADBUZZ_LATENES_SECONDS": "90"})
    assert done.returncode == 0
    assert "BADBUZZ_LATENES_SECONDS sets no option of badbuzz: did you mean `BADBUZZ_LATENESS_SECONDS`?" in (
        done.stderr.decode()
    )


@pytest.mark.parametrize(
    "name",
    ["BADBUZZ_TIMEZONE", "BADBUZZ_SOURCES_MY_DESK_SECRET", "BADBUZZ_SERVICE_HOST", "BADBUZZ_PORT_9464_TCP", "OTHER"],
)
def test_variables_that_set_something_or_are_not_of_badbuzz_are_not_named(name: str) -> None:
    assert list(unknown_variables({name: "1"})) == []
