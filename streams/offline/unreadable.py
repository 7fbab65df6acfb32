"""Unreadable lines of a record: the first of each kind, in words a person can act on, and what the record may be."""

import re
from collections.abc import Callable
from pathlib import Path

from streams.mentions.dead_letter import DeadLetter

MOST_SHOWN = 3
_AT = re.compile(r"^(?P<message>.*) - at `\$\.?(?P<field>.*)`$", re.DOTALL)
_TIME = "write 2024-05-02T09:31:00Z, or +02:00 in place of Z"
_REMEDIES = (
    ("with a timezone component", f"has no time zone: {_TIME}"),
    ("Invalid RFC3339", f"is no time that can be read: {_TIME}"),
    ("Expected `datetime`", f"is no time in quotes: {_TIME}"),
    ("Expected `str`, got `int`", "is a number: put it in quotes"),
    ("Expected `int`, got `float`", "is a number with a fraction: write a whole one, 12 and not 12.5"),
    ("Expected `int`, got `str`", "is a text: write a number without quotes"),
)
_MARKS_OF_FILES = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", "a ZIP archive or a spreadsheet"))
_OBJECTS = "one JSON object a line is needed"


class UnreadableLines:
    """Pass dead letters on, and remember the first line of each fault.

    Parameters
    ----------
    write
        Where each goes.

    Attributes
    ----------
    count
        How many there were.

    Examples
    --------
    >>> lines = UnreadableLines(lambda letter: None)
    >>> lines(DeadLetter("type", "Expected `str`, got `int` - at `$.id`", "a.jsonl", 4, b'{"id":7}'))
    >>> list(lines.reasons())
    ['a.jsonl, line 5: `id` is a number: put it in quotes']
    """

    def __init__(self, write: Callable[[DeadLetter], None]) -> None:
        self.count = 0
        self._write = write
        self._first: dict[str, DeadLetter] = {}

    def __call__(self, letter: DeadLetter) -> None:
        """Note one, and pass it on."""
        self.count += 1
        said = explained(letter)
        if len(self._first) < MOST_SHOWN and said not in self._first:
            self._first[said] = letter
        self._write(letter)

    def reasons(self) -> list[str]:
        """Return one line for each of the first faults: where, what is wrong, and the remedy."""
        return [f"{letter.source}, line {letter.offset + 1}: {said}" for said, letter in self._first.items()]

    def recognised(self) -> str | None:
        """Return what the record looks like in place of JSON lines; `None`: nothing known."""
        return next((known for letter in self._first.values() if (known := recognised(letter))), None)


def explained(letter: DeadLetter) -> str:
    """Return what is wrong with a line, in words, with the remedy where one is known.

    Examples
    --------
    >>> naive = "Expected `datetime` with a timezone component - at `$.created_at`"
    >>> explained(DeadLetter("time", naive, "a", 0, b""))
    '`created_at` has no time zone: write 2024-05-02T09:31:00Z, or +02:00 in place of Z'
    """
    if letter.reason == "json":
        return f"is no JSON: {_OBJECTS} ({letter.detail})"
    if letter.detail.startswith("Expected `object`"):
        return f"is no JSON object: {_OBJECTS} ({letter.detail})"
    match = _AT.match(letter.detail)
    if match is None:
        return letter.detail.removeprefix("Object ")
    problem = next((said for sign, said in _REMEDIES if sign in match["message"]), None)
    return f"`{match['field']}` {problem}" if problem else f"`{match['field']}`: {match['message']}"


def recognised(letter: DeadLetter) -> str | None:
    """Return what a record looks like by one of its unreadable lines, with the remedy.

    Examples
    --------
    >>> recognised(DeadLetter("json", "", "mentions.csv", 0, b"id;date;text"))
    'this looks like CSV: `badbuzz import mentions.csv | badbuzz replay -` reads the exports of listening tools'
    """
    value, source = letter.value.strip(), letter.source
    for mark, name in _MARKS_OF_FILES:
        if value.startswith(mark):
            return f"this looks like {name}: {_OBJECTS}, in UTF-8"
    if b"\0" in value or (letter.reason == "json" and _binary(value)):
        return f"this looks like no text: {_OBJECTS}, in UTF-8, plain or gzipped"
    if value.startswith(b"[") and letter.offset == 0:
        return f"this looks like a JSON array: {_OBJECTS}: `jq -c '.[]' {source} | badbuzz replay -`"
    if value.startswith(b"{") and letter.offset == 0 and letter.reason == "json":
        return f"this looks like JSON over several lines: {_OBJECTS}: `jq -c . {source} | badbuzz replay -`"
    separated = max(value.count(sign) for sign in (b",", b";", b"\t")) >= 2
    if separated and not value.startswith((b"{", b"[")) and _first_or_csv(letter):
        return f"this looks like CSV: `badbuzz import {source} | badbuzz replay -` reads the exports of listening tools"
    return None


def _first_or_csv(letter: DeadLetter) -> bool:
    return letter.offset == 0 or Path(letter.source).suffix in {".csv", ".tsv"}


def _binary(value: bytes) -> bool:
    try:
        return not value.decode().isprintable() and b"\t" not in value
    except UnicodeDecodeError:
        return True
