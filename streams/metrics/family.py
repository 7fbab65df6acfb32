"""The declaration of a metric family."""

from typing import Literal, NamedTuple


class Family(NamedTuple):
    """A metric family: name, type, labels and help text.

    `buckets` are the upper bounds of a histogram; one of `totals` is set to the counts of a state and has no sum.
    """

    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()
    totals: bool = False
