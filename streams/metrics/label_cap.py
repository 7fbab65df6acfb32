"""Cardinality limits: each label value is a time series, and posted text must not decide how many there are."""

from collections.abc import Callable, Iterable

OTHER = "other"
MAX_LABEL_CHARS = 128


def clean_label(text: str, limit: int = MAX_LABEL_CHARS) -> str:
    r"""Return a text as a valid label value: UTF-8, one line, no backtick, at most `limit` characters.

    A lone surrogate would make every scrape fail. Dashboards quote a brand in backticks, which know no escapes.

    Examples
    --------
    >>> clean_label("a\nb\ud83dc")
    'a b?c'
    >>> clean_label("x" * 200, 5)
    'xxxx…'
    """
    if len(text) <= limit and text.isprintable() and "  " not in text and "`" not in text and text == text.strip():
        return text
    valid = text.replace("`", "'").encode("utf-8", "replace").decode("utf-8")
    line = " ".join("".join(c if c.isprintable() else " " for c in valid).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class LabelCap:
    """Admit a bounded number of values of a label; every further value is replaced by `other`.

    Parameters
    ----------
    limit
        Most values admitted.
    configured
        Values named in the configuration: a slot is reserved for each, up to the limit.
    reserve
        Slots beyond the limit for urgent values: brands with an open incident.
    clock
        Seconds; dates the last use of each value.

    Examples
    --------
    >>> cap = LabelCap(2, configured=["Acme"], reserve=1)
    >>> [cap.label(brand) for brand in ("Zeta", "Beta", "Acme")]
    ['Zeta', 'other', 'Acme']
    >>> cap.label("Beta", urgent=True), cap.label("Gamma", urgent=True)
    ('Beta', 'other')
    """

    def __init__(
        self, limit: int, configured: Iterable[str] = (), reserve: int = 0, clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.limit = limit
        self.reserve = reserve
        self.clock = clock
        self.configured = frozenset(list(configured)[:limit])
        self._last_used: dict[str, float] = {}
        self._in_reserve: set[str] = set()
        # Admitted within the limit, those of the configuration not counted.
        self._unconfigured = 0

    def label(self, value: str, *, urgent: bool = False) -> str:
        """Return the label of a value, cleaned, admitting it if there is a slot; else `other`."""
        if value in self._last_used:
            self._last_used[value] = self.clock()
            return clean_label(value)
        if value in self.configured:
            pass
        elif self._unconfigured < self.limit - len(self.configured):
            self._unconfigured += 1
        elif urgent and len(self._in_reserve) < self.reserve:
            self._in_reserve.add(value)
        else:
            return OTHER
        self._last_used[value] = self.clock()
        return clean_label(value)

    def admits(self, value: str) -> bool:
        """Return whether a value has a slot."""
        return value in self._last_used

    def shares_label(self, value: str) -> bool:
        """Return whether another admitted value has the same label once it is cleaned."""
        label = clean_label(value)
        return any(other != value and clean_label(other) == label for other in self._last_used)

    def release(self, value: str) -> None:
        """Free the slot of a value."""
        if self._last_used.pop(value, None) is None:
            return
        if value in self._in_reserve:
            self._in_reserve.discard(value)
        elif value not in self.configured:
            self._unconfigured -= 1

    def in_reserve(self, value: str) -> bool:
        """Return whether a value has one of the slots reserved for urgent ones."""
        return value in self._in_reserve

    def unused_since(self, time_s: float) -> list[str]:
        """Return the values last used before a time, without those of the configuration."""
        return [value for value, used in self._last_used.items() if used < time_s and value not in self.configured]
