"""The report: a document of headed sections, tables or lists, in the reader's language; texts of others are inert."""

from typing import NamedTuple


class Row(NamedTuple):
    """A row of a table; its tone, a severity, `worse` or `helped`, may be a colour and is said in words too."""

    cells: tuple[str, ...]
    tone: str = ""


class Section(NamedTuple):
    """A section of a report.

    Parameters
    ----------
    name, heading
        Its name in the template, and its heading.
    columns, rows
        Of a table; no columns: it is a list.
    items
        Of a list.
    empty
        What is said where there is nothing.
    """

    name: str
    heading: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    items: tuple[str, ...] = ()
    empty: str = ""


class Report(NamedTuple):
    """A report of one incident.

    Parameters
    ----------
    language
        Code of its language.
    title, subtitle
        What it is a report of.
    banner
        Said above everything; empty for nothing.
    summary
        Paragraphs.
    sections
        In the order of reading.
    """

    language: str
    title: str
    subtitle: str
    banner: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
