"""Baseline of a brand's counts at each hour: a decayed Gamma rate times an hour-of-day profile."""

import math
from typing import Any

from detectors.minutes import HOUR_MINUTES
from detectors.statistics.local_hours import UTC_HOURS, LocalHours

__all__ = ["Baseline"]

DAY_HOURS = 24


class Baseline:
    """Learn a rate of counts an hour and its shape over the day, one whole hour after the other.

    Parameters
    ----------
    memory
        Hours after which an hour's count weighs 1/e in the rate. A week: three days lose slow crises.
    prior_hours
        The rate starts as one count in so many hours, weighed as `prior_weight` hours.
    profile_memory
        The same memory for the hour-of-day profile, in hours.
    profile_prior
        Counts that a flat profile weighs: shrinkage towards no profile at all.
    local_hours
        The clock that the profile follows.

    Notes
    -----
    The rate has a Gamma posterior: prior and decayed counts over prior and decayed, profile-weighted hours; 1 / shape
    is its squared relative uncertainty. The profile is drawn anew at the end of each local day. Whole empty days are
    learned in closed form, so that years of silence cost no more than a day.

    Examples
    --------
    >>> b = Baseline()
    >>> for hour in range(24 * 14): b.learn(hour, 10 if hour % 24 == 18 else 2)
    >>> b.expected(18 * 60, 19 * 60) > 2 * b.expected(6 * 60, 7 * 60)
    True
    """

    def __init__(
        self,
        *,
        memory: float = 168.0,
        prior_hours: float = 24.0,
        prior_weight: float = 16.0,
        profile_memory: float = 336.0,
        profile_prior: float = 60.0,
        local_hours: LocalHours = UTC_HOURS,
    ) -> None:
        self.local_hours = local_hours
        self.memory = memory
        self.prior_hours = prior_hours
        self.prior_weight = prior_weight
        self.profile_memory = profile_memory
        self.profile_prior = profile_prior
        self._decay = math.exp(-1.0 / memory)
        self._day_decay = math.exp(-DAY_HOURS / profile_memory)
        self.counts = 0.0
        self.exposure = 0.0
        self.hour_counts = [0.0] * DAY_HOURS
        self.hour_seen = [0.0] * DAY_HOURS
        self.day = 0
        self.today = [0.0] * DAY_HOURS
        self.today_seen = [0.0] * DAY_HOURS
        self.profile = [1.0] * DAY_HOURS
        self._cumulated = [float(h) for h in range(DAY_HOURS + 1)]
        self._set_rate()

    def _set_rate(self) -> None:
        self.shape = self.prior_weight / self.prior_hours + self.counts
        self.rate = self.shape / (self.prior_weight + self.exposure)

    def _upto(self, minute: int) -> float:
        hour = minute // HOUR_MINUTES
        at = hour % DAY_HOURS
        cumulated = self._cumulated
        return (
            hour // DAY_HOURS * cumulated[DAY_HOURS]
            + cumulated[at]
            + self.profile[at] * (minute - hour * HOUR_MINUTES) / HOUR_MINUTES
        )

    def expected(self, start: int, end: int) -> float:
        """Return the count expected from minute `start` to before minute `end` (minutes since the epoch)."""
        # The whole window by the clock at its end: where clocks change in it, no hour is twice or missing.
        shift = HOUR_MINUTES * self.local_hours.offset((end - 1) // HOUR_MINUTES)
        return self.rate * (self._upto(end + shift) - self._upto(start + shift))

    def expected_hours(self, end: int, hours: int) -> float:
        """Return the count expected in the `hours` whole hours, at most a day, before hour `end`."""
        last, at = self._cumulated, (end + self.local_hours.offset(end - 1)) % DAY_HOURS
        first = at - hours
        if first >= 0:
            return self.rate * (last[at] - last[first])
        return self.rate * (last[at] + last[DAY_HOURS] - last[first + DAY_HOURS])

    def learn(self, hour: int, count: float) -> None:
        """Learn the count of one hour (hours since the epoch), later than those before."""
        self._learn_local(hour + self.local_hours.offset(hour), count)

    def _learn_local(self, hour: int, count: float) -> None:
        at = hour % DAY_HOURS
        if hour // DAY_HOURS > self.day:
            self._close_day(hour // DAY_HOURS)
        self.counts = self._decay * self.counts + count
        self.exposure = self._decay * self.exposure + self.profile[at]
        self.today[at] = count
        self.today_seen[at] = 1.0
        self._set_rate()

    def learn_quiet(self, hour: int, hours: int) -> None:
        """Learn `hours` empty hours from `hour` on, whole days of them in closed form."""
        end = hour + hours
        while hour < end:
            stop = min(end, self.local_hours.next_change(hour))
            shift = self.local_hours.offset(hour)
            self._learn_quiet_local(hour + shift, stop + shift)
            hour = stop

    def _learn_quiet_local(self, hour: int, end: int) -> None:
        while hour < end and hour % DAY_HOURS:
            self._learn_local(hour, 0.0)
            hour += 1
        days = (end - hour) // DAY_HOURS
        if days > 0:
            if hour // DAY_HOURS > self.day:
                self._close_day(hour // DAY_HOURS)
            d, p = self._decay, self._day_decay
            one_day = sum(d ** (DAY_HOURS - 1 - h) * self.profile[h] for h in range(DAY_HOURS))
            fade = d ** (DAY_HOURS * days)
            self.counts *= fade
            self.exposure = fade * self.exposure + one_day * (1.0 - fade) / (1.0 - d**DAY_HOURS)
            fade = p ** (days - 1)
            # The last of these days stays open as today, the others are closed at once.
            seen = (1.0 - fade) / (1.0 - p)
            self.hour_counts = [fade * c for c in self.hour_counts]
            self.hour_seen = [fade * s + seen for s in self.hour_seen]
            self.today_seen = [1.0] * DAY_HOURS
            self.day += days - 1
            hour += days * DAY_HOURS
            self._set_rate()
            self._shape_profile()
        while hour < end:
            self._learn_local(hour, 0.0)
            hour += 1

    def skip(self, end: int) -> None:
        """Leave the hours before hour `end` out: what was learned stays as it was, its forgetting too."""
        day = (end + self.local_hours.offset(end)) // DAY_HOURS
        if day > self.day:
            self._close_day(self.day + 1)
            self.day = day

    def _close_day(self, day: int) -> None:
        """Move today into the profile and open another day."""
        fade = self._day_decay ** (day - self.day)
        last = self._day_decay ** (day - self.day - 1)
        self.hour_counts = [fade * c + last * t for c, t in zip(self.hour_counts, self.today, strict=True)]
        self.hour_seen = [fade * s + last * t for s, t in zip(self.hour_seen, self.today_seen, strict=True)]
        self.day = day
        self.today = [0.0] * DAY_HOURS
        self.today_seen = [0.0] * DAY_HOURS
        self._shape_profile()

    def _shape_profile(self) -> None:
        counts, seen = self.hour_counts, self.hour_seen
        mean = sum(counts) / max(1e-9, sum(seen))
        # A bin shares half of its weight with its neighbours: people do not change habits on the hour.
        prior = self.profile_prior / DAY_HOURS
        shape = [
            (prior + 0.25 * counts[h - 1] + 0.5 * counts[h] + 0.25 * counts[(h + 1) % DAY_HOURS])
            / (prior + mean * (0.25 * seen[h - 1] + 0.5 * seen[h] + 0.25 * seen[(h + 1) % DAY_HOURS]))
            for h in range(DAY_HOURS)
        ]
        scale = DAY_HOURS / sum(shape)
        total = 0.0
        for h in range(DAY_HOURS):
            self.profile[h] = value = shape[h] * scale
            self._cumulated[h] = total
            total += value
        self._cumulated[DAY_HOURS] = total

    def state(self) -> dict[str, Any]:
        """Return what was learned, as plain numbers and lists."""
        return {
            "counts": self.counts,
            "exposure": self.exposure,
            "hour_counts": list(self.hour_counts),
            "hour_seen": list(self.hour_seen),
            "day": self.day,
            "today": list(self.today),
            "today_seen": list(self.today_seen),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned."""
        self.counts = state["counts"]
        self.exposure = state["exposure"]
        self.hour_counts = list(state["hour_counts"])
        self.hour_seen = list(state["hour_seen"])
        self.day = state["day"]
        self.today = list(state["today"])
        self.today_seen = list(state["today_seen"])
        self._set_rate()
        self._shape_profile()
