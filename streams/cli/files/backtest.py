"""`badbuzz backtest`: replays measured against documented incidents."""

from pathlib import Path

import click
import msgspec

from detectors.negativity import NegativityModel
from streams.cli.options import brand_option, config_option, json_option
from streams.cli.output import err, print_backtest, write_line
from streams.errors import ConfigError
from streams.offline.backtest import backtest, replay_file
from streams.offline.backtest_truth import read_truth
from streams.offline.desk_truth import read_desk_truth
from streams.pipeline import Pipeline
from streams.settings.config import load


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--truth",
    "truth_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_TRUTH",
    help="CSV: file, brand, name, class, onset, end.",
)
@click.option(
    "--desk",
    "desk_path",
    type=click.Path(path_type=Path),
    envvar="BADBUZZ_BACKTEST_DESK",
    help="What people said of past incidents: the actions of the topic desk, one JSON object a line.",
)
@click.option(
    "--warm-up",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    envvar="BADBUZZ_WARM_UP",
    help="Hours of a brand that do not count.",
)
@brand_option
@config_option
@json_option
def backtest_command(
    files: tuple[str, ...],
    truth_path: Path | None,
    desk_path: Path | None,
    warm_up: float,
    brands: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Replay FILES and compare them with documented incidents: found or not, delay, false alarms.

    The incidents are rows of a CSV file, with the columns

    \b
    file    the mention file, with or without its suffix
    brand   its name; *: any
    name    the incident, in your words
    class   crisis, benign surge, coordinated or ignore
    onset   its first moment, such as 2024-03-09T09:00:00Z
    end     its last
    """  # noqa: D301  (Click's mark of a paragraph that is not wrapped)
    config = load(config_path)
    if truth_path is None and desk_path is None:
        raise ConfigError("expected documented incidents, got none: give --truth CSV or --desk FILE")
    truths = read_truth(truth_path) if truth_path else []
    truths += read_desk_truth(desk_path) if desk_path else []
    model = NegativityModel.load()
    replayed = []
    for file in files:
        if err.is_terminal:
            err.print(f"replaying {file}", style="dim")
        replayed.append(replay_file(file, Pipeline(config, model, brands=frozenset(brands))))
    result = backtest(replayed, truths, warm_up)
    if as_json:
        write_line(msgspec.json.encode(result))
    else:
        print_backtest(result)
