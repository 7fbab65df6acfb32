"""Bounds on metric labels: a value of a label becomes a time series, and what people post must not decide how many."""

from collections.abc import Callable, Iterable

OTHER = "other"
MAX_LABEL = 128


def clean_label(text: str, most: int = MAX_LABEL) -> str:
    r"""Make a text fit to be a label's value: valid UTF-8 on one line, at most `most` characters.

    A lone surrogate would make every scrape of the page fail.

    Examples
    --------
    >>> clean_label("a\nb\ud83dc")
    'a b?c'
    >>> clean_label("x" * 200, 5)
    'xxxx…'
    """
    if len(text) <= most and text.isprintable() and "  " not in text and text == text.strip():
        return text
    valid = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join("".join(c if c.isprintable() else " " for c in valid).split())
    return line if len(line) <= most else line[: most - 1] + "…"


class LabelCap:
    """Admit at most so many values of a label; what comes later is called `other`.

    Parameters
    ----------
    limit
        Most values admitted.
    known
        Values that the configuration names: a place is kept for each, up to the limit.
    reserve
        Places beyond the limit for values that must be seen: a brand with an open incident.
    clock
        Seconds; tells which values have not been used for long.

    Examples
    --------
    >>> cap = LabelCap(2, known=["Acme"], reserve=1)
    >>> [cap.label(brand) for brand in ("Zeta", "Beta", "Acme")]
    ['Zeta', 'other', 'Acme']
    >>> cap.label("Beta", urgent=True), cap.label("Gamma", urgent=True)
    ('Beta', 'other')
    """

    def __init__(
        self, limit: int, known: Iterable[str] = (), reserve: int = 0, clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.limit = limit
        self.reserve = reserve
        self.clock = clock
        self.known = frozenset(list(known)[:limit])
        self.overflowed = 0
        self._used: dict[str, float] = {}
        self._extra: set[str] = set()
        self._unknown = 0

    def label(self, value: str, *, urgent: bool = False) -> str:
        """Give the label of a value: itself, cleaned, or `other`."""
        if value in self._used:
            self._used[value] = self.clock()
            return clean_label(value)
        if value in self.known:
            pass
        elif self._unknown < self.limit - len(self.known):
            self._unknown += 1
        elif urgent and len(self._extra) < self.reserve:
            self._extra.add(value)
        else:
            self.overflowed += 1
            return OTHER
        self._used[value] = self.clock()
        return clean_label(value)

    def admits(self, value: str) -> bool:
        """Tell whether a value has a label of its own."""
        return value in self._used

    def release(self, value: str) -> None:
        """Give the place of a value back."""
        if self._used.pop(value, None) is None:
            return
        if value in self._extra:
            self._extra.discard(value)
        elif value not in self.known:
            self._unknown -= 1

    def in_reserve(self, value: str) -> bool:
        """Tell whether a value has only a place kept for what must be seen."""
        return value in self._extra

    def unused_since(self, time_s: float) -> list[str]:
        """List the values not used since, those of the configuration left out."""
        return [value for value, used in self._used.items() if used < time_s and value not in self.known]
