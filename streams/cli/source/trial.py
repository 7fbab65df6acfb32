"""`badbuzz source try`: what a source would bring, printed and sent nowhere."""

import asyncio
from collections import Counter
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.options import config_option, json_option
from streams.cli.output import err, out, write_line
from streams.collecting.assembly import Assembly
from streams.collecting.commit import Commit
from streams.mentions.mention import decode
from streams.settings.config import Config, load
from streams.worker.collector.running import source_names
from streams.worker.collector.trial import try_source

TEXT_CHARS = 100


@click.command()
@click.argument("name")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    envvar="BADBUZZ_TRY_SECONDS",
    help="How long to read.",
)
@config_option
@json_option
def try_command(name: str, seconds: float, config_path: Path | None, as_json: bool) -> None:
    """Read the source NAME for a while and print the mentions it would bring; nothing is sent or stored."""
    config = load(config_path)
    source_names(config, (name,))
    asyncio.run(_try(config, name, seconds, as_json))


async def _try(config: Config, name: str, seconds: float, as_json: bool) -> None:
    events, dropped = 0, Counter[str]()
    brands: Counter[str] = Counter()
    async for commit in try_source(Assembly(config, NegativityModel.load()), name, seconds):
        events += commit.events
        dropped.update(commit.dropped)
        brands.update(_print(commit, as_json))
    counted = ", ".join(f"{number} of {brand}" for brand, number in brands.most_common()) or "none"
    err.print(f"{events} posts read in {seconds:g} s; mentions: {counted}")
    if dropped:
        reasons = ", ".join(f"{number} {reason}" for reason, number in dropped.most_common())
        err.print(f"left out: {reasons}")


def _print(commit: Commit, as_json: bool) -> list[str]:
    """Print the mentions of a commit, and return their brands; heartbeats are left out."""
    brands = []
    for brand, message in commit.messages:
        mention = decode(message)
        if mention.kind == "heartbeat":
            continue
        brands.append(brand)
        if as_json:
            write_line(message)
            continue
        text = " ".join((mention.text or "").split())[:TEXT_CHARS]
        out.print(f"{mention.created_at:%Y-%m-%d %H:%M:%S}  {brand}  {mention.network}  {mention.kind}  {text}")
    return brands
