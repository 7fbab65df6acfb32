"""The reader of a report: language, zone and what is masked; formats times, spans and texts of others."""

from datetime import UTC, datetime
from typing import NamedTuple

from streams.desk_log.action import instant_ms
from streams.event_time import MINUTE_MS, utc
from streams.settings.config import Config
from streams.watching.quotation import known_handles
from streams.wording.inert import inert

MAX_TEXT = 200
MAX_NOTE = 400


class Reader(NamedTuple):
    """For whom a report is written.

    Parameters
    ----------
    config
        Language, zone, and which handles are named.
    brand
        Whose handles stay in texts.
    since_ms
        The beginning that elapsed times count from, in milliseconds since the epoch.

    Examples
    --------
    >>> reader = Reader(Config(timezone="Europe/Paris"), "Acme", 1339437600000)
    >>> reader.times("2012-06-12T02:05:00Z")
    ('Tue 2012-06-12 04:05 CEST', '2012-06-12 02:05', '+8:05')
    """

    config: Config
    brand: str
    since_ms: int

    def say(self, phrase: str, **values: str) -> str:
        """Return a phrase of the report with its values filled in."""
        return self.config.words.say(f"report_{phrase}", **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Format a number."""
        return self.config.words.number(value, decimals)

    def time(self, at: str | int) -> str:
        """Format a time in the reader's zone, RFC 3339 or milliseconds."""
        return self.config.words.time(_moment(at), self.config.zone)

    def times(self, at: str | int) -> tuple[str, str, str]:
        """Return a time in the reader's zone, in UTC, and as elapsed since the beginning."""
        return self.time(at), _moment(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M"), self.elapsed(at)

    def elapsed(self, at: str | int) -> str:
        """Return the hours and minutes since the beginning."""
        minutes = ((at if isinstance(at, int) else instant_ms(at)) - self.since_ms) // MINUTE_MS
        hours, rest = divmod(abs(minutes), 60)
        return f"{'-' if minutes < 0 else '+'}{hours}:{rest:02d}"

    def span(self, from_ms: int, to_ms: int) -> str:
        """Format the whole minutes between two times."""
        return self.config.words.span(abs(to_ms - from_ms) // MINUTE_MS)

    def text(self, text: str, limit: int = MAX_TEXT) -> str:
        """Return a text of somebody else, inert, handles of private people masked."""
        return inert(text, known_handles(self.brand, self.config), limit)

    def note(self, text: str) -> str:
        """Return a text that a person at the desk wrote, inert."""
        return inert(text, None, MAX_NOTE)


def _moment(at: str | int) -> datetime:
    return utc(at) if isinstance(at, int) else datetime.fromisoformat(at)
