"""Types of a scenario file's values, and the strict table that all its tables are."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

LocalTime = Annotated[datetime, Meta(tz=False)]
Weight = Annotated[float, Meta(ge=0, le=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1e9)]
Count = Annotated[int, Meta(ge=0, le=10**9)]
Name = Annotated[str, Meta(pattern="^[a-z0-9_-]+$", max_length=64)]
Line = Annotated[str, Meta(min_length=1, max_length=2000)]
Sentences = tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(le=12)]]
Weights = Annotated[dict[Name, Weight], Meta(min_length=1)]


class StrictTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: every key known, every value checked."""
