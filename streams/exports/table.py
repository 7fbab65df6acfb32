"""The table of an export: its header, wherever it stands in the first lines, and the rows under it."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from streams.errors import InputError
from streams.exports.encodings import detect_encoding, open_decoded
from streams.exports.tool import PLAIN, Tool

HEADER_WITHIN = 20
"""Lines in which the header must stand."""
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SHOWN = 12
_LARGEST_FIELD = 2**31 - 1  # the file is in memory already; what a mention keeps of a text is cut later


class Row(NamedTuple):
    """One row: the line on which it begins, from 1, the lines it spans, and its fields."""

    line: int
    lines: int
    fields: list[str]


class Table:
    r"""The rows of an export; iterated as often as needed, each time from the first.

    Parameters
    ----------
    data
        The whole file.
    encoding
        Its character encoding.
    delimiter
        What separates its columns.
    header
        Names of the columns.
    header_line
        Line of the header, from 1.

    Examples
    --------
    >>> [row.fields for row in Table(b'a,b\n1,"2\n3"\n', "utf-8", ",", ["a", "b"], 1)]
    [['1', '2\n3']]
    """

    def __init__(self, data: bytes, encoding: str, delimiter: str, header: list[str], header_line: int) -> None:
        self._data = data
        self.encoding = encoding
        self.delimiter = delimiter
        self.header = header
        self.header_line = header_line

    @property
    def separated_by(self) -> str:
        """What separates its columns, in a word."""
        return _DELIMITERS[self.delimiter]

    def __iter__(self) -> Iterator[Row]:
        for row in _rows(self._data, self.encoding, self.delimiter):
            if row.line > self.header_line and any(row.fields):
                yield row


class _Candidate(NamedTuple):
    """A row that may be the header: the tool it would be of, how many of the tool's columns it has, and the table."""

    tool: Tool
    found: int
    table: Table


def find_table(
    data: bytes, name: str, tools: Mapping[str, Tool], mapping: Mapping[str, tuple[str, ...]]
) -> tuple[Tool, Table]:
    """Find the header of an export, and tell by its columns which tool wrote it.

    Parameters
    ----------
    data
        The whole file.
    name
        Of the file, for errors.
    tools
        Tools that it may be of; a single one is taken for granted.
    mapping
        Columns that the user gave for some fields; they alone make a header where none is a tool's.

    Raises
    ------
    InputError
        There is no header of a tool, or it lacks a column that the user gave.
    """
    encoding = detect_encoding(data, name)
    best: _Candidate | None = None
    nearest: tuple[int, list[str]] = (0, [])
    wanted = columns_of(mapping.values())
    for delimiter in _DELIMITERS:
        for row in _first_rows(data, encoding, delimiter):
            names = {column_key(field) for field in row.fields}
            table = Table(data, encoding, delimiter, row.fields, row.line)
            nearest = max(nearest, (len(wanted & names), row.fields), key=lambda pair: pair[0])
            for tool in _recognised(tools, names, wanted):
                candidate = _Candidate(tool, len(columns_of(tool.columns.values()) & names), table)
                best = candidate if best is None or candidate.found > best.found else best
    missing = wanted - {column_key(field) for field in (best.table.header if best else nearest[1])}
    if best and not missing:
        return best.tool, best.table
    if missing and (best or nearest[0]):
        there = ", ".join((best.table.header if best else nearest[1])[:_SHOWN])
        raise InputError(f"{name}: --map: expected a column {sorted(missing)[0]!r} (any case), got {there}, ...")
    titles = ", ".join(tool.title for tool in tools.values())
    first = next(iter(_first_rows(data, encoding, ",")), Row(1, 1, ["nothing"])).fields
    raise InputError(
        f"{name}: expected a header of {titles} within the first {HEADER_WITHIN} lines, got {', '.join(first)[:80]!r}; "
        "name its columns with --map created_at=...,text=..."
    )


def column_key(name: str) -> str:
    """Return the form of a column's name by which it is found."""
    return name.strip().strip("\ufeff").casefold()


def columns_of(candidates: Iterable[tuple[str, ...]]) -> set[str]:
    """Return the single columns of fields' candidates, `Date + Time` being two.

    Examples
    --------
    >>> sorted(columns_of([("Date + Time", "Published"), ("Text",)]))
    ['date', 'published', 'text', 'time']
    """
    return {column_key(part) for names in candidates for name in names for part in name.split(" + ")}


def _recognised(tools: Mapping[str, Tool], names: set[str], wanted: set[str]) -> Iterator[Tool]:
    chosen = len(tools) == 1
    for key, tool in tools.items():
        has_both = all(columns_of([tool.columns[field]]) & names for field in ("created_at", "text"))
        known = any(columns <= names for columns in tool.tell)
        if known or (chosen and has_both) or (key == PLAIN and wanted and wanted <= names):
            yield tool


def _first_rows(data: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    for row in _rows(data, encoding, delimiter):
        if row.line > HEADER_WITHIN:
            return
        yield row


def _rows(data: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader(open_decoded(data, encoding), delimiter=delimiter)
    begin = 1
    for fields in reader:
        yield Row(begin, reader.line_num - begin + 1, fields)
        begin = reader.line_num + 1
