"""Distance in words between two phrases of a text."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from streams.matching.phrases import Span

_WORD = re.compile(r"\w+")


def words_between(text: str, names: Sequence[Span], others: Sequence[Span]) -> int:
    """Count the words between a name and another phrase, where they are nearest to each other.

    The time grows with the text, not with the product of what is found: a spammer may repeat both a thousand times.

    Parameters
    ----------
    text
        Folded.
    names, others
        Where they stand; at least one of each. One inside the other is no word away.

    Examples
    --------
    >>> words_between("orange is down, so is my box", [Span(0, 6)], [Span(25, 28)])
    5
    """
    starts = [match.start() for match in _WORD.finditer(text)]
    ordered = sorted(others)
    begins = [span.start for span in ordered]
    reaches = list(accumulate((span.end for span in ordered), max))  # the farthest end of all that begin up to here
    nearest = len(text)
    for name in names:
        following = bisect_left(begins, name.start)
        if following < len(begins):
            nearest = min(nearest, _words(starts, name.end, begins[following]))
        if following:
            nearest = min(nearest, _words(starts, reaches[following - 1], name.start))
    return nearest


def _words(starts: list[int], start: int, end: int) -> int:
    return max(0, bisect_left(starts, end) - bisect_left(starts, start))
