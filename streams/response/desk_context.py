"""The desk context: what the signals of a brand read besides their own state."""

from __future__ import annotations

from datetime import UTC
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

from streams.response.case.case import Case, case_from
from streams.response.complaints import Complaints
from streams.response.official_posts import OfficialPosts
from streams.response.recent_tones import DAY, RecentTones
from streams.settings.brands.care_hours import CareHours

if TYPE_CHECKING:
    from datetime import tzinfo

    from streams.settings.brands.brand import BrandConfig
    from streams.settings.desk import DeskSettings

VOICE_DAYS = 7
"""Days after the latest official mention from which a record may just lack what the brand says."""


class DeskContext:
    """Complaints, tones, official posts, the open case, and the deadlines at which signals must be evaluated.

    Parameters
    ----------
    settings
        Of the brand.
    known
        Configuration of the brand.
    zone
        Of its care hours.

    Attributes
    ----------
    case
        The open case.
    incident_open
        Whether an incident of any severity is open.
    voiced
        Whether the brand has an official voice: without one, nobody can say that it is silent.
    voiced_at
        Minute of the latest official mention.
    roles
        Whether sources say who speaks for the brand.
    """

    def __init__(self, settings: DeskSettings, known: BrandConfig, zone: tzinfo = UTC) -> None:
        self.settings = settings
        self.known = known
        care = CareHours(settings.care_hours, zone)
        self.complaints = Complaints(settings.open_hours, settings.reply_within_minutes, care)
        self.tones = RecentTones()
        self.posts = OfficialPosts()
        self.case: Case | None = None
        self.incident_open = False
        self.voiced = bool(known.official_accounts)
        self.voiced_at = 0
        self.roles = False
        self._evaluated = 0
        self._deadlines: list[int] = []
        self._pending: set[int] = set()

    def speaks(self, minute: int) -> bool:
        """Return whether the brand's official voice is known and would be seen: of late, or by configuration."""
        return bool(self.known.official_accounts) or (self.voiced and minute - self.voiced_at <= VOICE_DAYS * DAY)

    def wake(self, minute: int) -> None:
        """Add a deadline: the signals are evaluated at this minute, or at the next where it is past."""
        minute = max(minute, self._evaluated + 1)
        if minute not in self._pending:
            self._pending.add(minute)
            heappush(self._deadlines, minute)

    def is_due(self, until: int) -> bool:
        """Return whether there is a deadline that is not after a minute."""
        return bool(self._deadlines) and self._deadlines[0] <= until

    def next_deadline(self, until: int) -> int | None:
        """Remove and return the earliest deadline that is not after a minute."""
        if not self._deadlines or self._deadlines[0] > until:
            return None
        minute = heappop(self._deadlines)
        self._pending.discard(minute)
        self._evaluated = minute
        return minute

    def state(self) -> list[Any]:
        """Return the state as plain numbers, strings and lists."""
        return [
            self.complaints.state(),
            self.tones.state(),
            self.posts.state(),
            self.case,
            [self.incident_open, self.voiced, self.voiced_at, self.roles, self._evaluated],
            sorted(self._deadlines),
        ]

    def restore(self, state: list[Any]) -> None:
        """Go on from a state."""
        complaints, tones, posts, case, flags, deadlines = state
        self.incident_open, voiced, self.voiced_at, self.roles, self._evaluated = flags
        self.voiced = self.voiced or voiced
        self.complaints.restore(complaints)
        self.tones.restore(tones)
        self.posts.restore(posts)
        self.case = case_from(case)
        self._deadlines = list(deadlines)
        heapify(self._deadlines)
        self._pending = set(self._deadlines)
