"""Report of an import: how the file was read, what came of it, and which rows are none, by their lines."""

from collections import Counter
from collections.abc import Iterator

REASONS = {
    "time": "whose time cannot be read",
    "date": "with a date and no time of day: a whole day would fall into one minute",
    "skipped": "in an hour that the clocks skip (is --timezone that of the export?)",
    "future": "in the future",
    "past": "before 1990",
    "brand": "without a brand",
    "fields": "with fewer or more fields than the header",
    "never_author": "by authors who are not collected",
    "mention": "that are no mention",
}
"""Every reason why a row is no mention, and how it is said after a number of rows."""
_SHOWN = 10


class Report:
    r"""What an import read, and what it could not place.

    Parameters
    ----------
    how
        How the file was read: lines of a label and a text.

    Attributes
    ----------
    rows, mentions, textless
        Numbers of rows under the header, of mentions, and of those without any text.
    refused
        Lines of the rows that are no mention, by reason.
    examples
        What could not be read, for a reason.
    notes
        What a user should know besides.
    groups
        Mentions by brand and network.

    Examples
    --------
    >>> report = Report([("export", "Brandwatch, utf-8, commas, header in line 7")])
    >>> report.refuse("time", 12, "soon")
    >>> print("\n".join(report.lines()))
    export      Brandwatch, utf-8, commas, header in line 7
    read        0 rows, 0 mentions
    left out    1 whose time cannot be read (line 12: 'soon')
    """

    def __init__(self, how: list[tuple[str, str]]) -> None:
        self.how = how
        self.rows = 0
        self.mentions = 0
        self.textless = 0
        self.refused: dict[str, list[int]] = {}
        self.examples: dict[str, str] = {}
        self.notes: list[str] = []
        self.groups: Counter[tuple[str, str]] = Counter()

    def refuse(self, reason: str, line: int, example: str = "") -> None:
        """Register a row that is no mention."""
        self.refused.setdefault(reason, []).append(line)
        if example:
            self.examples.setdefault(reason, example)

    def lines(self) -> Iterator[str]:
        """Yield the report for people, one line each."""
        rows = [*self.how, ("read", f"{self.rows:,} rows, {self.mentions:,} mentions")]
        rows += [("left out", self.phrase(reason)) for reason in REASONS if reason in self.refused]
        if self.textless:
            rows.append(("note", f"{self.textless:,} mentions have no text and count as neutral"))
        rows += [("note", note) for note in self.notes]
        rows += [
            ("of", f"{brand} on {network}: {count:,}") for (brand, network), count in self.groups.most_common(_SHOWN)
        ]
        if len(self.groups) > _SHOWN:
            rows.append(("", f"and {len(self.groups) - _SHOWN} more pairs of a brand and a network"))
        return (f"{label:<12}{text}" for label, text in rows)

    def phrase(self, reason: str) -> str:
        """Return how many rows were refused for a reason, and on which lines."""
        lines = self.refused[reason]
        shown = ", ".join(str(line) for line in lines[:_SHOWN]) + (", ..." if len(lines) > _SHOWN else "")
        example = f": {self.examples[reason]!r}" if reason in self.examples else ""
        return f"{len(lines):,} {REASONS[reason]} ({'line' if len(lines) == 1 else 'lines'} {shown}{example})"
