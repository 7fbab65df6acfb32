"""What a record of a brand's past has taught, as a part of a rollup: it reaches the brand's watch through the log."""

from typing import Any

import msgspec

from detectors.trending import Sample

WARM_UP_NETWORK = "badbuzz-warm-up"
"""Network of the rollups that carry it; they have no mentions."""


class Learned(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The learned state of a brand's detectors at the end of a record.

    Parameters
    ----------
    until
        End of the record, in minutes since the epoch.
    detectors
        State of the brand's detectors, plain numbers, as they store it.
    terms
        The background of the terms: sampled texts by day.
    """

    until: int
    detectors: dict[str, Any]
    terms: list[tuple[int, list[Sample]]]
