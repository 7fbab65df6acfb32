"""`badbuzz import`: the export of a listening tool as mentions, for `badbuzz replay -`."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from streams.cli.options import config_option, open_binary
from streams.cli.output import err
from streams.collecting.pseudonyms import configured_key, pseudonym
from streams.errors import ConfigError, InputError
from streams.exports.importing import Form, import_export
from streams.exports.mention_reader import Options
from streams.exports.tool import load_tools, parse_mapping
from streams.settings.config import load


@click.command("import")
@click.argument("file")
@click.option(
    "--timezone", metavar="NAME", help="Zone of times without one.  [default: `timezone` of the configuration]"
)
@click.option(
    "--brand", default="", envvar="BADBUZZ_IMPORT_BRAND", help="Brand of every row; default: as the rows say."
)
@click.option(
    "--network", default="", envvar="BADBUZZ_IMPORT_NETWORK", help="Network of every row; default: as the rows say."
)
@click.option(
    "--tool",
    type=click.Choice(sorted(load_tools())),
    envvar="BADBUZZ_IMPORT_TOOL",
    help="What wrote the file; default: recognised by its columns.",
)
@click.option(
    "--map",
    "mapping",
    default="",
    metavar="FIELD=COLUMN,...",
    envvar="BADBUZZ_IMPORT_MAP",
    help="Columns of fields of a mention; `Date + Time` joins two.",
)
@click.option(
    "--date-format",
    default="",
    metavar="FORMAT",
    envvar="BADBUZZ_IMPORT_DATE_FORMAT",
    help="Form of the times, such as %d/%m/%Y %H:%M; default: recognised by looking.",
)
@config_option
def import_command(
    file: str,
    timezone: str | None,
    brand: str,
    network: str,
    tool: str | None,
    mapping: str,
    date_format: str,
    config_path: Path | None,
) -> None:
    """Print the mentions of FILE, an export of a listening tool as CSV (- for standard input, .gz), as JSON lines.

    In order of event time, closed by a heartbeat for each brand and network, so that `badbuzz import FILE | badbuzz
    replay -` shows the incidents in it. What was read, and which lines are no mention, is said on standard error.
    """
    config = load(config_path)
    zone = _zone(timezone or config.timezone)
    _check_date_format(date_format)
    key = configured_key(config.source)
    options = Options(brand, network, partial(pseudonym, key) if key else None)
    form = Form(zone, tool or "", parse_mapping(mapping), date_format)
    try:
        with open_binary(file) as source:
            data = source.read()
    except (OSError, EOFError) as error:
        raise InputError(f"expected a whole export, plain or gzipped, got {file}: {error}") from None
    lines, report = import_export(data, file, form, config, options)
    for said in report.lines():
        err.print(said)
    sys.stdout.buffer.writelines(line + b"\n" for line in lines)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"--timezone: expected an IANA name such as Europe/Paris, got {name!r}") from None


def _check_date_format(date_format: str) -> None:
    try:
        example = datetime(2026, 12, 31, 23, 59).strftime(date_format)  # noqa: DTZ001 - for its form alone
        again = datetime.strptime(example, date_format)  # noqa: DTZ007
    except ValueError:
        again = None
    if date_format and (again is None or (again.year, again.hour) != (2026, 23)):
        raise ConfigError(
            f"--date-format: expected a form with date and time of day such as '%d/%m/%Y %H:%M', got {date_format!r}"
        )
