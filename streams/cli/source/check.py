"""`badbuzz source check`: whether each source can be read now."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.options import config_option
from streams.cli.output import out
from streams.collecting.assembly import Assembly
from streams.errors import BadBuzzError
from streams.settings.config import Config, load
from streams.worker.collector.running import source_names
from streams.worker.collector.trial import try_source


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

    Settings, secrets and access are tried by reading until the first batch. Ends with status 2 where a source fails.
    """
    config = load(config_path)
    chosen = source_names(config, names)
    failed = [name for name in chosen if not asyncio.run(_check(config, name, seconds))]
    if failed:
        raise BadBuzzError(f"{len(failed)} of {len(chosen)} sources cannot be read: {', '.join(failed)}")


async def _check(config: Config, name: str, seconds: float) -> bool:
    trial = try_source(Assembly(config, NegativityModel.load()), name, seconds)
    try:
        commit = await anext(trial, None)
    except BadBuzzError as error:
        out.print(f"{name}: {error}", style="red")
        return False
    finally:
        await trial.aclose()
    if commit is None:
        out.print(f"{name}: no fault, and nothing published within {seconds:g} s")
        return True
    line = f"{name}: good, {commit.events} posts read"
    if commit.complete_to is not None:
        behind = (datetime.now(UTC) - commit.complete_to).total_seconds()
        line += f", complete to {commit.complete_to:%Y-%m-%d %H:%M:%S} UTC, {behind:.0f} s ago"
    out.print(line)
    return True
