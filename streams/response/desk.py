"""The response desk of one brand: learns closed minutes and the changes of its incident, returns what changed.

Nothing here reads a clock. Deadlines are a heap of event times, worked off in order whenever event time moves on, so
that silence is handled in closed form and the number of heartbeats between changes nothing. Signals are evaluated at
deadlines alone: a minute in which anybody speaks sets one at its end.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from detectors.severity import COORDINATED, NEGATIVE_GROWTH, REACH, Severity
from streams.mentions.marks.mark import Mark, mark_names
from streams.response.case.case import Case
from streams.response.case.complaints_waiting import ComplaintsWaiting
from streams.response.case.effect import Effect
from streams.response.case.holding_due import HoldingDue
from streams.response.case.leader_due import LeaderDue
from streams.response.case.update_due import UpdateDue
from streams.response.case.words import hear_statement, learn_words
from streams.response.case.wrong_network import WrongNetwork
from streams.response.conduct.canned import Canned
from streams.response.conduct.claims import Claims
from streams.response.conduct.contradiction import Contradiction
from streams.response.conduct.moderation_backlash import ModerationBacklash
from streams.response.conduct.moderation_in_case import ModerationInCase
from streams.response.conduct.over_reply import OverReply
from streams.response.conduct.post_under_fire import PostUnderFire
from streams.response.conduct.promises import PromiseBroken
from streams.response.conduct.promo_in_case import PromoInCase
from streams.response.conduct.resolved_disputed import ResolvedDisputed
from streams.response.conduct.scheduled_pending import ScheduledPending
from streams.response.conduct.tone_of_voice import ToneOfVoice
from streams.response.desk_context import DeskContext
from streams.response.presence import Presence
from streams.response.signal import INFO, SEVERITIES, Fact, Signal

if TYPE_CHECKING:
    from datetime import tzinfo

    from streams.response.complaints import Waiting
    from streams.response.observation import DeskObservation
    from streams.settings.brands.brand import BrandConfig
    from streams.settings.desk import DeskSettings

MAX_TERMS = 16
CASE = "case"
_OF_PEOPLE = frozenset((NEGATIVE_GROWTH, REACH))  # a flood of copies beside these is a crisis as any other
BEGINS, ENDS, TOLD = "begins", "ends", "told"


class DeskChange(NamedTuple):
    """One change of the desk.

    Parameters
    ----------
    minute
        When it took effect, minutes since the epoch.
    signal
        Name of the signal, or `case`.
    state
        `begins` (also when it gets worse), `ends`, or `told` for a single fact.
    fact
        Why it holds, or held last.
    incident
        Id of the case's incident; empty without a case.
    waiting
        Customers' complaints: of the case, or of the last day.
    networks
        Negatives of the case by network, and when the brand first spoke on the matter there, 0 for not yet.
    promises
        Promises open, kept and broken.
    """

    minute: int
    signal: str
    state: str
    fact: Fact
    incident: str
    waiting: Waiting
    networks: dict[str, tuple[int, int]]
    promises: tuple[int, int, int]


class IncidentChange(NamedTuple):
    """A change of the brand's incident, as the desk reads it.

    `minute` and `since` are minutes since the epoch; `terms` are those that spread.
    """

    incident: str
    minute: int
    since: int
    severity: str
    criteria: tuple[str, ...]
    terms: list[str]


class Desk:
    """The response desk of one brand.

    Parameters
    ----------
    settings
        Of the brand.
    known
        Configuration of the brand.
    zone
        Of its care hours.

    Examples
    --------
    >>> from streams.settings.config import BrandConfig
    >>> from streams.settings.desk import DeskSettings
    >>> desk = Desk(DeskSettings(), BrandConfig(official_accounts=frozenset(("acme",))))
    >>> desk.incident_changed(IncidentChange("Acme/1", 100, 90, "warning", ("negative_growth",), []))
    []
    >>> [(change.minute, change.signal, change.state) for change in desk.advance(200)]
    [(100, 'case', 'begins'), (130, 'holding_due', 'begins'), (190, 'holding_due', 'begins')]
    """

    def __init__(self, settings: DeskSettings, known: BrandConfig, zone: tzinfo = UTC) -> None:
        self.context = DeskContext(settings, known, zone)
        self.promises = PromiseBroken()
        self.presence = Presence()
        self.signals: tuple[Signal, ...] = (
            ComplaintsWaiting(),
            HoldingDue(),
            UpdateDue(),
            LeaderDue(),
            self.promises,
            Claims("unkept", usual=True),
            OverReply(),
            Canned(),
            ScheduledPending(),
            PromoInCase(),
            ModerationInCase(),
            ModerationBacklash(),
            Claims("deletion_claimed", usual=False),
            PostUnderFire(),
            ToneOfVoice("hot_reply", Mark.HOT, in_case=True),
            ToneOfVoice("blame", Mark.BLAME, in_case=False),
            ResolvedDisputed(),
            Contradiction(),
            WrongNetwork(),
            Effect(),
        )
        self._learning = [signal for signal in self.signals if not signal.case_only]
        # By name of each signal that holds: its severity and the incident of the case it began in.
        self.active: dict[str, tuple[str, str]] = {}
        self._announced = ""
        self._finished = ""

    def observe(self, seen: DeskObservation) -> None:
        """Learn a closed minute; what follows from it is returned when event time is advanced to its end."""
        desk = self.context
        self.presence.observe(seen)
        if seen.statements or seen.answers or seen.actions:
            desk.voiced, desk.voiced_at = True, seen.minute
        if not desk.voiced and not (seen.deleted or seen.unkept):
            return
        if desk.voiced:
            desk.complaints.observe(seen, desk)
            desk.tones.observe(seen)
        desk.posts.observe(seen)
        desk.roles = desk.roles or _says_who_speaks(seen)
        case = desk.case
        if case is not None:
            learn_words(seen, desk, case)
            for tone in seen.tones:
                case.count_negatives(tone.network, tone.negative)
        for signal in self._learning:
            signal.observe(seen, desk)
        desk.wake(seen.minute + 1)

    def incident_changed(self, change: IncidentChange) -> list[DeskChange]:
        """Follow the brand's incident, after the deadlines before its change."""
        changes = self.advance(change.minute - 1)
        desk = self.context
        calm = change.severity == "calm"
        desk.incident_open = not calm
        case = desk.case
        if case is None and not calm and change.incident != self._finished:
            severe = Severity.of(change.severity) >= Severity.of(desk.settings.case_from)
            if severe and desk.speaks(change.minute):
                case = desk.case = self._opened(change)
        if case is not None:
            case.severity = case.severity if calm else change.severity
            case.calm_at = change.minute if calm else 0
            case.suspended = COORDINATED in change.criteria and _OF_PEOPLE.isdisjoint(change.criteria)
            case.terms = list(dict.fromkeys([*case.terms, *change.terms]))[:MAX_TERMS]
            if change.severity == "critical":
                case.critical_at = case.critical_at or change.minute
            desk.wake(change.minute)
        return changes

    def _opened(self, change: IncidentChange) -> Case:
        desk = self.context
        case = Case(change.incident, change.minute, change.since, terms=change.terms[:MAX_TERMS])
        for post in desk.posts.since(change.since):
            if post.statement:
                hear_statement(case, post.network, post.minute, post.marks, post.text, 0)
        desk.wake(change.minute + desk.settings.case_hours * 60)
        return case

    def advance(self, minute: int) -> list[DeskChange]:
        """Work off the deadlines up to a minute; return what changed, in the order of event time."""
        changes: list[DeskChange] = []
        while (now := self.context.next_deadline(minute)) is not None:
            changes += self._evaluate(now)
        return changes

    def _evaluate(self, now: int) -> list[DeskChange]:
        desk = self.context
        desk.complaints.advance(now)
        changes = []
        case = desk.case
        if case is not None and case.incident != self._announced:
            self._announced = case.incident
            absent = " ".join(self.presence.absent(now, desk.known.blind_networks))
            changes.append(self._change(now, CASE, BEGINS, Fact(INFO, case.since, None, (("absent", absent),)), case))
        closes = case is not None and self._closes(case, now)
        if closes:
            desk.case = None
        for signal in self.signals:
            # Most signals of most brands are at rest.
            if signal.name in self.active or not (signal.at_rest or (signal.case_only and desk.case is None)):
                changes += self._signal(signal, now, case)
        if case is not None and closes:
            self._finished = case.incident
            said = " ".join(mark_names(case.said))
            values = (("outcome", case.outcome), ("said", said))
            changes.append(self._change(now, CASE, ENDS, Fact(INFO, case.since, None, values), case))
        return changes

    def _signal(self, signal: Signal, now: int, case: Case | None) -> list[DeskChange]:
        desk = self.context
        changes = [self._change(now, signal.name, TOLD, fact, case) for fact in signal.facts(now, desk)]
        fact = signal.holds(now, desk)
        known = self.active.get(signal.name)
        if fact is None:
            if known is not None:
                del self.active[signal.name]
                ended = Fact(known[0], now)
                changes.append(self._change(now, signal.name, ENDS, ended, case, known[1]))
        elif known is None or SEVERITIES.index(fact.severity) > SEVERITIES.index(known[0]):
            incident = known[1] if known is not None else case.incident if case is not None else ""
            self.active[signal.name] = fact.severity, incident
            changes.append(self._change(now, signal.name, BEGINS, fact, case, incident))
        return changes

    def _closes(self, case: Case, now: int) -> bool:
        if now >= case.opened + self.context.settings.case_hours * 60:
            return True
        return bool(case.calm_at and case.statement_at)

    def _change(
        self, now: int, signal: str, state: str, fact: Fact, case: Case | None, incident: str | None = None
    ) -> DeskChange:
        networks = {} if case is None else {name: (n, case.spoken.get(name, 0)) for name, n in case.negatives.items()}
        if case is not None:
            networks |= {name: (0, at) for name, at in case.spoken.items() if name not in networks}
        totals = self.promises.totals
        return DeskChange(
            now,
            signal,
            state,
            fact,
            incident if incident is not None else case.incident if case is not None else "",
            self.context.complaints.waiting(now, case.since if case is not None else 0),
            networks,
            (self.promises.open, totals["kept"], totals["broken"]),
        )

    def state(self) -> list[Any]:
        """Return the state as plain numbers, strings and lists: a desk restored from it goes on to the byte."""
        return [
            self.context.state(),
            [[signal.name, signal.state()] for signal in self.signals],
            sorted([name, *held] for name, held in self.active.items()),
            [self._announced, self._finished],
            self.presence.state(),
        ]

    def restore(self, state: list[Any]) -> None:
        """Go on from a state; a signal that it does not know starts anew."""
        context, signals, active, (self._announced, self._finished), presence = state
        self.context.restore(context)
        self.presence.restore(presence)
        known = dict(signals)
        for signal in self.signals:
            if known.get(signal.name) is not None:
                signal.restore(known[signal.name])
        self.active = {name: (severity, incident) for name, severity, incident in active}


def _says_who_speaks(seen: DeskObservation) -> bool:
    named = int(Mark.NAMED_ROLE)
    return any(row.marks & named for _, row in seen.statements) or any(row.marks & named for _, row in seen.answers)
