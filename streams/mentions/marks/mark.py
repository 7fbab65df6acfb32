"""The marks of an official text as bits of one integer, and the clues in a customer's text."""

from enum import IntFlag


class Mark(IntFlag):
    """What an official text does, in the field's words.

    The first ten may be given by a source; the others are read from the text or from other fields.

    Examples
    --------
    >>> marks_named(("holding", "news")) == Mark.HOLDING, marks_named(("news",))
    (True, 0)
    """

    HOLDING = 1
    STATEMENT = 2
    APOLOGY = 4
    ADMISSION = 8
    EXPLANATION = 16
    RESOLVED = 32
    COMPENSATION = 64
    REFUSAL = 128
    CORRECTION = 256
    PROMO = 512
    SYMPATHY = 1024
    PRIVATE = 2048
    PROMISE = 4096
    BLAME = 8192
    HOT = 16384
    LEADER = 32768
    NAMED_ROLE = 65536


MARKS = tuple(mark.name.lower() for mark in list(Mark)[:10] if mark.name)
"""What a source may say of a text."""

ON_THE_MATTER = (
    Mark.HOLDING
    | Mark.APOLOGY
    | Mark.ADMISSION
    | Mark.EXPLANATION
    | Mark.RESOLVED
    | Mark.COMPENSATION
    | Mark.REFUSAL
    | Mark.CORRECTION
    | Mark.STATEMENT
)
"""A text with one of these speaks of what happened."""

SOFT = Mark.APOLOGY | Mark.SYMPATHY | Mark.PRIVATE | Mark.HOLDING
"""A text with one of these has not lost its temper."""


class Clue(IntFlag):
    """What a customer's text says of how the brand treated them."""

    DELETED = 1
    UNKEPT = 2


def mark_names(marks: int) -> list[str]:
    """Return the names of the marks in a sum, without that which only says that the speaker's role is known.

    Examples
    --------
    >>> mark_names(Mark.APOLOGY | Mark.HOLDING | Mark.NAMED_ROLE)
    ['holding', 'apology']
    """
    return [mark.name.lower() for mark in Mark if mark.name and marks & mark and mark is not Mark.NAMED_ROLE]


def marks_named(names: tuple[str, ...]) -> int:
    """Return the marks of these names; unknown names are ignored."""
    marks = 0
    for name in names:
        if name in MARKS:
            marks |= int(Mark[name.upper()])
    return marks
