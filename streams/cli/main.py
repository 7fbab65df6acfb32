"""The command line: each command reads its options and calls one module."""

import gc
import gzip
import sys
import time
from pathlib import Path
from typing import IO, Any, TextIO

import click
from rich.table import Table

from streams.cli import kafka as cli_kafka
from streams.cli.dashboards import dashboards
from streams.cli.options import (
    ReadingProgress,
    brand_option,
    config_option,
    err,
    json_option,
    letters_file,
    letters_option,
    model,
    out,
    write_line,
)
from streams.errors import BadBuzzError, ConfigError
from streams.pipeline import Pipeline
from streams.settings.config import load

# What is kept for hours holds no cycles: looking for some takes a tenth of a replay by default, and a tenth of a worker
# with ten thousand brands even every twenty thousand objects. Only what is young is still looked through.
GC_THRESHOLDS = (100_000, 500, 1000)


class _Commands(click.Group):
    """Turn every error made on purpose into one line and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadBuzzError as error:
            err.print(f"badbuzz: {error}", style="red", markup=False)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="badbuzz")
def main() -> None:
    """Tell on-call people that a bad buzz is starting: where, and why, minutes after it starts."""
    gc.set_threshold(*GC_THRESHOLDS)


for _command in (*cli_kafka.COMMANDS, dashboards):
    main.add_command(_command)


@main.command()
@click.argument("files", nargs=-1, required=True)
@brand_option
@config_option
@json_option
@letters_option
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=0.0,
    envvar="BADBUZZ_SPEED",
    help="Times event time; 0: as fast as it goes.",
)
@click.option(
    "--openmetrics",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_OPENMETRICS",
    help="Keep the metrics, at their historic times, here: see docs/on-call.md.",
)
@click.option(
    "--to-kafka", is_flag=True, envvar="BADBUZZ_TO_KAFKA", help="Send the mentions to Kafka; workers watch them there."
)
def replay(
    files: tuple[str, ...],
    brands: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
    dead_letters: Path | None,
    speed: float,
    openmetrics: Path | None,
    to_kafka: bool,
) -> None:
    """Replay mention FILES (.jsonl, .jsonl.gz, - for standard input) and tell the incidents in them.

    Several files are merged by event time.
    """
    from streams.cli.output import event_lines, summary_table  # noqa: PLC0415
    from streams.offline import replay as replaying  # noqa: PLC0415
    from streams.offline.recorded_metrics import RecordedPipeline  # noqa: PLC0415
    from streams.sources.files import MentionFiles  # noqa: PLC0415

    config = load(config_path)
    source = MentionFiles(files)
    letters = letters_file(dead_letters)
    if to_kafka:
        cli_kafka.send_files(source, config, letters, frozenset(brands), speed, as_json)
        return
    pipeline = Pipeline(config, model(), letters.write, frozenset(brands))
    if openmetrics:
        pipeline = recorded = RecordedPipeline(config, model(), letters.write, frozenset(brands))
        recorded.write(openmetrics)  # a file that cannot be written is told before the work
    started = time.perf_counter()

    def told(event: Any) -> None:
        if as_json and speed:
            write_line(event.to_json())
        elif not as_json:
            for line in event_lines(event, config.zone):
                out.print(line)

    with ReadingProgress(source.progress) as step:
        events, summary = replaying.replay(source, pipeline, speed=speed, told=told, step=lambda _: step())
    letters.close()
    if openmetrics:
        recorded.write(openmetrics)
    if as_json:
        if not speed:
            for event in events:
                write_line(event.to_json())
        write_line(summary.to_json())
    else:
        out.print(summary_table(summary, time.perf_counter() - started))


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    required=True,
    envvar="BADBUZZ_TRUTH",
    help="CSV: file, brand, name, class, onset, end.",
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
def backtest(
    files: tuple[str, ...],
    truth: Path,
    warm_up: float,
    brands: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
) -> None:
    """Replay FILES and hold them against what really happened: found or not, delay, false alarms."""
    import msgspec  # noqa: PLC0415

    from streams.offline import backtest as backtesting  # noqa: PLC0415
    from streams.offline.backtest_record import record  # noqa: PLC0415

    config = load(config_path)
    truths = backtesting.read_truth(truth)
    records = []
    for file in files:
        err.print(f"replaying {file}", style="dim") if err.is_terminal else None
        records.append(record(file, Pipeline(config, model(), brands=frozenset(brands))))
    result = backtesting.backtest(records, truths, warm_up)
    if as_json:
        write_line(msgspec.json.encode(result))
    else:
        _print_backtest(result)


def _print_backtest(result: Any) -> None:
    table = Table(
        "what happened", "class", "mentions", "watch", "warning", "critical", "criteria", box=None, pad_edge=False
    )
    for row in result.found:
        delays = ["-" if d is None else f"{d} min" for d in (row.watch, row.warning, row.critical)]
        table.add_row(row.name, row.kind, f"{row.mentions:,}", *delays, ", ".join(row.criteria))
    out.print(table)
    out.print(
        f"{result.brand_weeks:,.1f} brand-weeks; false pages per brand-week: "
        f"{result.false_pages_per_brand_week:.3f} of any kind, "
        f"{result.false_warnings_per_brand_week:.3f} at warning or above"
    )
    for name, count in result.false_pages.items():
        out.print(f"  {name}: {count}")


@main.command()
@click.argument("file", default="-")
@json_option
def detect(file: str, as_json: bool) -> None:
    """Read `timestamp,value` rows from FILE (or standard input), write `timestamp,value,score,alarm`."""
    from streams.offline.detect import run_detect  # noqa: PLC0415

    with _text_source(file) as source:
        run_detect(source, sys.stdout, json=as_json)


@main.command()
@click.argument("file", default="-")
@letters_option
@json_option
def score(file: str, dead_letters: Path | None, as_json: bool) -> None:
    """Read JSON lines with `text` from FILE (or standard input), write them with `negativity` (0 to 1).

    What it writes is JSON lines with and without --json.
    """
    from streams.offline.score import score_lines  # noqa: PLC0415

    letters = letters_file(dead_letters)
    with _binary_source(file) as source:
        _, refused = score_lines(source, sys.stdout.buffer, model(), letters.write, file)
    letters.close()
    if refused:
        where = f"kept in {dead_letters}" if dead_letters else "dropped; --dead-letters FILE keeps them"
        err.print(f"badbuzz: {refused} lines are no objects with a `text`; {where}")


@main.command()
@click.option(
    "--scenario",
    default="trois_suisses_2012",
    show_default=True,
    envvar="BADBUZZ_SCENARIO",
    help="A shipped scenario or a file.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("badbuzz-demo.png"),
    show_default=True,
    envvar="BADBUZZ_PICTURE",
    help="Where to draw the incident, .png or .svg.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=40.0,
    show_default=True,
    envvar="BADBUZZ_SECONDS",
    help="How long to watch; 0: no waiting.",
)
@config_option
def demo(scenario: str, picture: Path, seconds: float, config_path: Path | None) -> None:
    """Watch a reconstructed incident unfold, live, and see when badbuzz would have alerted."""
    from streams.cli.demo import run_demo  # noqa: PLC0415

    run_demo(scenario, picture, seconds, load(config_path), model(), out)


def _binary_source(path: str) -> IO[bytes]:
    source: IO[bytes] = _opened(path, "rb", sys.stdin.buffer)
    return source


def _text_source(path: str) -> TextIO:
    source: TextIO = _opened(path, "rt", sys.stdin)
    return source


def _opened(path: str, mode: str, standard_input: IO[Any]) -> Any:
    if path == "-":
        return standard_input
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "")
    try:
        if path.endswith(".gz"):
            return gzip.open(path, mode, encoding=encoding, newline=newline)
        return Path(path).open(mode, encoding=encoding, newline=newline)
    except OSError as error:
        raise ConfigError(f"expected a readable file, got {path}: {error.strerror}") from None
