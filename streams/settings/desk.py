"""Settings of the response desk: section `[desk]`, each also for one brand under `[brands.NAME.desk]`."""

import msgspec

from detectors.severity import SEVERITIES
from streams.errors import ConfigError
from streams.settings.brands.care_hours import ALWAYS, CareHours
from streams.settings.options import setting_error


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is expected of how a brand answers, and when it is reported.

    Parameters
    ----------
    enabled
        Whether how the brand answers is watched at all.
    case_from
        Severity of an incident from which its answering is a case: watch, warning or critical.
    case_hours
        Longest time a case stays open without a statement on the matter, in hours.
    open_hours
        Hours after which a complaint without an answer is no longer waited for.
    reply_within_minutes
        Objective of the first response time, in minutes.
    care_hours
        Hours in which that time runs while no case is open: `always`, or such as `mon-fri 09:00-18:00`, in `timezone`.
    reply_objective
        Share of complaints that are to be answered within it.
    overdue_least, overdue_share
        Complaints of a case that must be overdue, and their least share of those due.
    holding_warning_minutes, holding_critical_minutes
        Minutes after an incident's warning, or its critical, within which something is to be said on the matter.
    holding_grace_minutes
        Minutes overdue after which that silence is critical.
    update_minutes
        Longest time between two words on the matter while the incident is open, in minutes.
    leader_hours
        Hours an incident may be critical without a word of a leader, where sources say who speaks.
    promise_grace_minutes
        Minutes by which a promise may be late.
    private_acts
        Whether the brand's sources show its direct messages and calls: a promise without any of them is then broken.
    replies_per_customer
        Most public replies to one customer in a day.
    excess_share
        Most replies beyond the first to a customer, as a share of an hour's mentions.
    canned_share, canned_least
        Share of the commonest first words among the replies of six hours, and fewest replies.
    backlash_minutes, backlash_least, backlash_factor, backlash_p
        Minutes after a deletion in which people react; fewest negative authors; times those of the hour before; chance.
    clue_authors
        Fewest people in six hours who say that they were deleted, or that nobody answered.
    fire_authors, fire_share
        Fewest people who reply to one official post within an hour, and their least share of negatives.
    dispute_authors
        Fewest people who reply negatively to an all-clear within two hours.
    uncovered_share
        Share of a case's negatives on networks where nothing was said, from which they are the wrong networks.
    effect_minutes, effect_least
        Minutes before and after a statement whose shares of negatives are compared, and fewest mentions on each side.

    Raises
    ------
    ConfigError
        Where a value is impossible.

    Examples
    --------
    >>> DeskSettings(reply_objective=0.5)
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: desk.reply_objective (BADBUZZ_DESK_REPLY_OBJECTIVE): expected more than 0.67 and less \
than 1, got 0.5: below, three times the tolerated share is more than all
    """

    enabled: bool = True
    case_from: str = "warning"
    case_hours: int = 72
    open_hours: int = 24
    reply_within_minutes: int = 60
    care_hours: str = ALWAYS
    reply_objective: float = 0.8
    overdue_least: int = 10
    overdue_share: float = 0.5
    holding_warning_minutes: int = 30
    holding_critical_minutes: int = 15
    holding_grace_minutes: int = 60
    update_minutes: int = 240
    leader_hours: int = 24
    promise_grace_minutes: int = 15
    private_acts: bool = False
    replies_per_customer: int = 5
    excess_share: float = 0.4
    canned_share: float = 0.5
    canned_least: int = 10
    backlash_minutes: int = 60
    backlash_least: int = 5
    backlash_factor: float = 3.0
    backlash_p: float = 0.001
    clue_authors: int = 3
    fire_authors: int = 10
    fire_share: float = 0.6
    dispute_authors: int = 5
    uncovered_share: float = 0.5
    effect_minutes: int = 120
    effect_least: int = 20

    def __post_init__(self) -> None:
        if self.case_from not in SEVERITIES[1:]:
            expected = ", ".join(SEVERITIES[1:])
            raise setting_error("desk", "case_from", f"expected one of {expected}, got {self.case_from!r}")
        try:
            CareHours(self.care_hours)
        except ConfigError as error:
            raise setting_error("desk", "care_hours", str(error)) from None
        if not 0.67 < self.reply_objective < 1:
            raise setting_error(
                "desk",
                "reply_objective",
                f"expected more than 0.67 and less than 1, got {self.reply_objective}: below, three times the "
                "tolerated share is more than all",
            )
        for name in ("case_hours", "open_hours", "reply_within_minutes", "update_minutes", "effect_minutes"):
            if getattr(self, name) < 1:
                raise setting_error("desk", name, f"expected at least 1, got {getattr(self, name)}")
