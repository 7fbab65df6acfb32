"""The lens: who looks at a page, when, and in which language and zone; it formats times, spans and texts of others."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from streams.desk_log.action import instant_ms
from streams.event_time import MINUTE_MS, utc
from streams.settings.config import Config
from streams.watching.incident_event import ShownPost
from streams.watching.quotation import author, known_handles
from streams.wording.inert import inert, link

MAX_POST_CHARS = 400
MAX_LOG_CHARS = 2000


class Lens(NamedTuple):
    """How a page is looked at.

    Parameters
    ----------
    config
        Language, zone, and which authors are named.
    now_ms
        The moment, in milliseconds since the epoch.
    may_act
        Whether there are buttons.
    shared
        Whether it is read by a link: private people are then never named.
    """

    config: Config
    now_ms: int
    may_act: bool = True
    shared: bool = False

    def say(self, phrase: str, **values: str) -> str:
        """Return a phrase of the console with its values filled in."""
        return self.config.words.say(f"console_{phrase}", **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Format a number."""
        return self.config.words.number(value, decimals)

    def time(self, at: str | int) -> str:
        """Format a time, RFC 3339 or milliseconds, with its date where that is not today's."""
        moment = utc(at) if isinstance(at, int) else datetime.fromisoformat(at)
        return self.config.words.time(moment, self.config.zone, beside=utc(self.now_ms))

    def span(self, from_ms: int, to_ms: int) -> str:
        """Format the whole minutes between two times."""
        return self.config.words.span(abs(to_ms - from_ms) // MINUTE_MS)

    def since(self, at: str) -> str:
        """Format a time and how long ago it is."""
        return self.say("since", time=self.time(at), span=self.span(instant_ms(at), self.now_ms))

    def author(self, post: ShownPost) -> str:
        """Return an author as this reader may see it."""
        return author(post, self._quoting)

    def text(self, brand: str, text: str, limit: int = MAX_POST_CHARS) -> str:
        """Return a text of somebody else, inert; handles of private people masked where they are not named."""
        return inert(text, known_handles(brand, self._quoting), limit)

    def note(self, brand: str, text: str) -> str:
        """Return a text that a person at the desk wrote; readers by a link see no handles in it."""
        return self.text(brand, text, MAX_LOG_CHARS) if self.shared else inert(text, None, MAX_LOG_CHARS)

    def link(self, url: str) -> str:
        """Return a web address, empty where it is none; and for readers by a link, whom it would lead to people."""
        return "" if self.shared else link(url)

    @property
    def _quoting(self) -> Config:
        return msgspec.structs.replace(self.config, show_authors=False) if self.shared else self.config
