"""Settings of what a brand has planned: `[[planned]]`, a television spot or a sale that will be talked about."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from streams.errors import ConfigError

MAX_DAYS = 31


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event that a brand has planned: a surge of any tone in it is expected, negative growth is not.

    Parameters
    ----------
    brand
        The brand.
    name
        What people are told it is.
    begins, ends
        Its window, with a time zone; at most 31 days.

    Raises
    ------
    ConfigError
        The window has no zone, ends before it begins, or is too long.

    Examples
    --------
    >>> at = datetime.fromisoformat
    >>> window = {"begins": at("2026-06-24T08:00+02:00"), "ends": at("2026-06-25T00:00Z")}
    >>> sale = PlannedEvent(brand="Acme", name="sale", **window)
    >>> planned_name([sale], "Acme", at("2026-06-24T06:30Z").timestamp(), at("2026-06-24T07:30Z").timestamp())
    'sale'
    """

    brand: str
    name: str
    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        for field in ("begins", "ends"):
            if getattr(self, field).tzinfo is None:
                raise ConfigError(
                    f"planned.{field}: expected a time with a zone such as 2026-06-24T08:00:00+02:00, got "
                    f"{getattr(self, field).isoformat()}"
                )
        if not self.begins < self.ends:
            raise ConfigError(
                f"planned.ends: expected a time after {self.begins.isoformat()}, got {self.ends.isoformat()}"
            )
        if (self.ends - self.begins).days >= MAX_DAYS:
            raise ConfigError(
                f"planned.ends: expected at most {MAX_DAYS} days after {self.begins.isoformat()}, got "
                f"{self.ends.isoformat()}: make it several events"
            )


def planned_name(events: Iterable[PlannedEvent], brand: str, first_s: float, end_s: float) -> str | None:
    """Return the name of the first event of a brand that overlaps a span of event time; None where there is none.

    Parameters
    ----------
    events
        What is planned.
    brand
        The brand.
    first_s, end_s
        The span, in seconds since the epoch.
    """
    return next(
        (
            event.name
            for event in events
            if event.brand == brand and event.begins.timestamp() < end_s and first_s < event.ends.timestamp()
        ),
        None,
    )
