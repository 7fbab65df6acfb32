"""Import of an export: a file of a listening tool in, mentions in order of event time out, closed by heartbeats.

Exports are newest first, so the whole is held in memory and sorted: about three times the file's size.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streams.errors import InputError
from streams.event_time import closing_ms, rfc3339_ms
from streams.exports.columns import Columns
from streams.exports.local_clock import Resolved, resolve
from streams.exports.mention_reader import MentionReader, Options
from streams.exports.report import Report
from streams.exports.table import Row, Table, find_table
from streams.exports.times import is_numbers, months_come_first, read_time
from streams.exports.tool import Tool, load_tools
from streams.mentions.heartbeat import encode_heartbeat
from streams.mentions.mention import EARLIEST, MAX_CLOCK_SKEW_MS, Mention
from streams.settings.config import Config

_SHOWN = 20


class Form(NamedTuple):
    """How an export is read.

    Parameters
    ----------
    zone
        Zone of times that have none.
    tool
        Its tool, by name; empty: recognised by its columns.
    mapping
        Columns of some fields, as of `tool.parse_mapping`.
    date_format
        Form of all times, as of `strptime`; empty: recognised by looking.
    """

    zone: ZoneInfo
    tool: str = ""
    mapping: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    date_format: str = ""


class Imported(NamedTuple):
    """The lines of an import, in order of event time, and its report."""

    lines: list[bytes]
    report: Report


def import_export(
    data: bytes, name: str, form: Form, config: Config, options: Options, now: datetime | None = None
) -> Imported:
    r"""Import an export.

    Parameters
    ----------
    data
        The whole file.
    name
        Of the file, for errors.
    form
        How it is read.
    config
        Official accounts, who is not collected, the lateness.
    options
        What the user says of every row.
    now
        Time after which a row is in the future; default: the clock.

    Raises
    ------
    InputError
        Nothing in it can be read.

    Examples
    --------
    >>> data = b"created_at,text\n2026-11-25 15:04,never again\n"
    >>> lines, report = import_export(data, "a.csv", Form(ZoneInfo("UTC")), Config(), Options("Acme", "forum"))
    >>> len(lines), report.mentions
    (2, 1)
    """
    tools = load_tools()
    tools = {form.tool: tools[form.tool]} if form.tool else tools
    tool, table = find_table(data, name, tools, form.mapping)
    tool = tool.mapped(form.mapping)
    columns = Columns(tool, table.header)
    for field in ("created_at", "text", *(() if options.brand else ("brand",))):
        if not columns.has(field):
            also = " or --brand NAME" if field == "brand" else ""
            raise InputError(f"{name}: expected a column for {field}, got none; name it with --map {field}=...{also}")
    report = Report(_how(tool, table, columns, form.zone))
    stamps = _stamps(table, columns, form, tool, name)
    resolved = resolve([stamp.time for stamp in stamps], form.zone)
    if resolved.repeated:
        how = (
            "told apart by the order of rows"
            if resolved.in_order
            else "the order of rows does not tell which: its first run"
        )
        report.notes.append(f"{resolved.repeated:,} rows are in an hour that the clocks repeat: {how}")
    limit = (now or datetime.now(UTC)) + timedelta(milliseconds=MAX_CLOCK_SKEW_MS)
    reader = MentionReader(tool, columns, config, options)
    read = sorted(_mentions(table, reader, stamps, resolved, limit, report), key=lambda pair: pair[0])
    if not read:
        reasons = "; ".join(report.phrase(reason) for reason in report.refused)
        raise InputError(f"{name}: expected rows that are mentions of {tool.title}, got none: {reasons or 'no row'}")
    lines = [line for _, _, line in read]
    return Imported([*lines, *_heartbeats(read[-1][0], limit, report, config)], report)


class _Stamp(NamedTuple):
    """The time of a row; where it is `None`, why, and its text."""

    time: datetime | None
    reason: str = ""
    text: str = ""


def _stamps(table: Table, columns: Columns, form: Form, tool: Tool, name: str) -> list[_Stamp]:
    texts = [list(columns.values(row.fields, "created_at")) for row in table]
    month_first = months_come_first(text for row in texts for text in row)
    if month_first is None:
        month_first = tool.month_first
    if month_first is None and not form.date_format:
        unclear = next((text for row in texts for text in row if is_numbers(text)), None)
        if unclear:
            raise InputError(
                f"{name}: expected times of which some row shows whether the day or the month comes first, got "
                f"{unclear!r}; say it with --date-format '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'"
            )
    return [_stamp(row, bool(month_first), form.date_format) for row in texts]


def _stamp(texts: list[str], month_first: bool, date_format: str) -> _Stamp:
    reason = "time"
    for text in texts:
        try:
            return _Stamp(read_time(text, month_first, date_format))
        except ValueError as error:
            reason = str(error)
    return _Stamp(None, reason, texts[0] if texts else "")


def _mentions(
    table: Table, reader: MentionReader, stamps: list[_Stamp], resolved: Resolved, limit: datetime, report: Report
) -> Iterator[tuple[int, int, bytes]]:
    width = len(table.header)
    for number, row in enumerate(table):
        report.rows += 1
        stamp, at = stamps[number], resolved.times[number]
        if _wrong_width(row, width):
            report.refuse("fields", row.line, _spanning(row, width))
        elif number in resolved.skipped:
            report.refuse("skipped", row.line, str(stamp.time))
        elif at is None:
            report.refuse(stamp.reason, row.line, stamp.text[:40])
        elif not EARLIEST <= at <= limit:
            report.refuse("past" if at < EARLIEST else "future", row.line, at.isoformat(timespec="minutes"))
        else:
            read = reader.read(row.fields, at)
            if isinstance(read, str):
                report.refuse(read, row.line)
                continue
            _count(report, read.mention)
            yield int(at.timestamp() * 1000), number, read.line


def _wrong_width(row: Row, width: int) -> bool:
    return len(row.fields) < width or any(row.fields[width:])


def _spanning(row: Row, width: int) -> str:
    said = f"{len(row.fields)} of {width}"
    return f"{said}, over {row.lines:,} lines; is a quotation mark not closed?" if row.lines > 1 else said


def _count(report: Report, mention: Mention) -> None:
    report.mentions += 1
    report.textless += not mention.text
    report.groups[mention.brand, mention.network] += 1


def _heartbeats(newest_ms: int, limit: datetime, report: Report, config: Config) -> Iterable[bytes]:
    """Yield what closes the newest minute of each brand and network, as at the end of a record sent to Kafka."""
    at_ms = min(closing_ms(newest_ms, config.lateness_ms), int(limit.timestamp() * 1000))
    for brand, network in sorted(report.groups):
        yield encode_heartbeat(f"end of export/{rfc3339_ms(at_ms)}", brand, network, at_ms)


def _how(tool: Tool, table: Table, columns: Columns, zone: ZoneInfo) -> list[tuple[str, str]]:
    read = "; ".join(f"{field}: {', '.join(names)}" for field, names in columns.read.items())
    how = [
        ("export", f"{tool.title}, {table.encoding}, {table.separated_by}, header in line {table.header_line}"),
        ("times", f"without a zone are read as {zone.key} (--timezone)"),
        ("columns", read),
    ]
    if not columns.unread:
        return how
    more = f" and {len(columns.unread) - _SHOWN} more" if len(columns.unread) > _SHOWN else ""
    return [*how, ("not read", ", ".join(columns.unread[:_SHOWN]) + more)]
