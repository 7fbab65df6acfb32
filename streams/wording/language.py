"""A language: its phrases, and its forms of numbers, dates and spans of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import event_time
from streams.wording import (
    console_english,
    console_french,
    desk_english,
    desk_french,
    english,
    french,
    report_english,
    report_french,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

_LANGUAGES = {"en": english, "fr": french}
_PHRASES = {
    "en": english.PHRASES | desk_english.PHRASES | console_english.PHRASES | report_english.PHRASES,
    "fr": french.PHRASES | desk_french.PHRASES | console_french.PHRASES | report_french.PHRASES,
}
LANGUAGES = tuple(_LANGUAGES)
"""The codes of the languages there are."""


class Language:
    r"""Phrases and forms of one language.

    Parameters
    ----------
    code
        One of `LANGUAGES`.

    Examples
    --------
    >>> french = Language("fr")
    >>> french.say("share", share=french.percent(0.76), network="forum").replace("\u202f", " ")
    '76 % sur forum'
    >>> french.number(0.31, 1), Language("en").number(1_250_000)
    ('0,3', '1,250,000')
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._forms = _LANGUAGES[code]
        self._phrases = _PHRASES[code]

    def say(self, phrase: str, **values: str) -> str:
        """Return a phrase with its values filled in."""
        return self._phrases[phrase].format(**values)

    def mentions(self, name: str, count: int) -> str:
        """Return a name with its number of mentions."""
        return self.say("mentions_one" if count == 1 else "mentions", name=name, count=self.number(count))

    def number(self, value: float, decimals: int = 0) -> str:
        """Format a number, its thousands set apart."""
        whole, _, fraction = f"{value:,.{decimals}f}".partition(".")
        whole = whole.replace(",", self._forms.THOUSANDS)
        return f"{whole}{self._forms.DECIMAL}{fraction}" if fraction else whole

    def percent(self, share: float) -> str:
        """Format a share of 1."""
        return f"{100 * share:.0f}{self._forms.PERCENT}"

    def span(self, minutes: int) -> str:
        """Format a span of time."""
        return event_time.duration(minutes)

    def time(self, at: datetime, zone: ZoneInfo, *, beside: datetime | None = None) -> str:
        """Format a time in a zone, with its date unless that is the date of the time `beside` it.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> at, paris = datetime(2012, 6, 11, 18, 5, tzinfo=UTC), ZoneInfo("Europe/Paris")
        >>> Language("en").time(at, paris), Language("fr").time(at, paris), Language("en").time(at, paris, beside=at)
        ('Mon 2012-06-11 20:05 CEST', 'lun. 11/06/2012 20:05 CEST', '20:05 CEST')
        """
        local = at.astimezone(zone)
        clock = f"{local:%H:%M %Z}"
        if beside is not None and beside.astimezone(zone).date() == local.date():
            return clock
        return f"{self._forms.WEEKDAYS[local.weekday()]} {local.strftime(self._forms.DATE)} {clock}"
