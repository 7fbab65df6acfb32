"""`badbuzz live`: sources, scoring and watching in one process without Kafka."""

from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.logs import log_to_stderr
from streams.cli.options import config_option, json_option, relax_garbage_collection
from streams.cli.output import event_lines, out, write_line
from streams.collecting.assembly import Assembly
from streams.settings.config import load
from streams.watching.watch_event import WatchEvent
from streams.worker.collector.running import source_names
from streams.worker.live.process import run_live


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("badbuzz-live.state"),
    envvar="BADBUZZ_STATE",
    show_default=True,
    help="File that a restart goes on from.",
)
@config_option
@json_option
def live_command(names: tuple[str, ...], state: Path, config_path: Path | None, as_json: bool) -> None:
    """Collect the sources NAMES, or all of the configuration, and print incidents as they happen, until Ctrl-C.

    All is in one process, for a first look and for a few brands: nothing is watched while it is down. For more, and to
    be on call, collect into Kafka ('badbuzz source run') and watch there ('badbuzz worker').
    """
    config = load(config_path)
    chosen = source_names(config, names)
    relax_garbage_collection()
    log_to_stderr(config.log)
    model = NegativityModel.load()

    def report(event: WatchEvent) -> None:
        if as_json:
            write_line(event.to_json())
            return
        for line in event_lines(event, config):
            out.print(line)

    run_live(config, Assembly(config, model), chosen, model, state, report)
