"""`badbuzz source check`: whether each source can be read now."""

import asyncio
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.options import config_option
from streams.cli.output import out
from streams.collecting.assembly import Assembly
from streams.errors import BadBuzzError
from streams.settings.config import Config, load
from streams.worker.collector.running import source_names
from streams.worker.collector.trial import check_source


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    envvar="BADBUZZ_CHECK_SECONDS",
    help="How long to wait for the first batch of each.",
)
@config_option
def check_command(names: tuple[str, ...], seconds: float, config_path: Path | None) -> None:
    """Check that the sources NAMES, or all of the configuration, can be read; nothing is sent or stored.

    Settings, secrets and access are tried by reading until the first batch; X, which charges for what is read, is asked
    for its rules and this month's usage instead. Ends with status 2 where a source fails.
    """
    config = load(config_path)
    chosen = source_names(config, names)
    failed = [name for name in chosen if not asyncio.run(_check(config, name, seconds))]
    if failed:
        raise BadBuzzError(f"{len(failed)} of {len(chosen)} sources cannot be read: {', '.join(failed)}")


async def _check(config: Config, name: str, seconds: float) -> bool:
    try:
        line = await check_source(Assembly(config, NegativityModel.load()), name, seconds)
    except BadBuzzError as error:
        out.print(f"{name}: {error}", style="red", markup=False)
        return False
    out.print(f"{name}: {line}", markup=False)
    return True
