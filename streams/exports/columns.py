"""Columns of a table by the field of a mention they fill: the fields of a row, by name."""

from collections.abc import Iterator

from streams.exports.table import column_key
from streams.exports.tool import FIELDS, Tool


class Columns:
    """Find the values of a row.

    Parameters
    ----------
    tool
        The columns of each field, the preferred ones first; those that the header lacks are left out.
    header
        Names of the columns.

    Attributes
    ----------
    read
        Names of the columns that are read, by field.

    Examples
    --------
    >>> columns = Columns(Tool(title="T", columns={"text": ("Full Text", "Title")}), ["title", "Full Text", "Mood"])
    >>> columns.first(["A title", "", "bad"], "text"), columns.read, columns.unread
    ('A title', {'text': ['Full Text', 'title']}, ['Mood'])
    """

    def __init__(self, tool: Tool, header: list[str]) -> None:
        places: dict[str, int] = {}
        for place, name in enumerate(header):
            places.setdefault(column_key(name), place)
        self._places: dict[str, list[tuple[int, ...]]] = {}
        self.read: dict[str, list[str]] = {}
        for field in FIELDS:
            for name in tool.columns.get(field, ()):
                parts = [column_key(part) for part in name.split(" + ")]
                if all(part in places for part in parts):
                    found = tuple(places[part] for part in parts)
                    self._places.setdefault(field, []).append(found)
                    self.read.setdefault(field, []).append(" + ".join(header[place].strip() for place in found))
        used = {place for found in self._places.values() for parts in found for place in parts}
        self.unread = [name for place, name in enumerate(header) if name.strip() and place not in used]

    def has(self, field: str) -> bool:
        """Whether the table has a column for a field."""
        return field in self._places

    def values(self, row: list[str], field: str) -> Iterator[str]:
        """Yield what a row has for a field, the preferred column first; empty values are left out."""
        for found in self._places.get(field, ()):
            parts = [row[place].strip() for place in found if place < len(row)]
            if all(parts):
                yield " ".join(parts)

    def first(self, row: list[str], field: str) -> str:
        """Return what a row has for a field; empty: nothing."""
        return next(self.values(row, field), "")
