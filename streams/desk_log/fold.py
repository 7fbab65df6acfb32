"""The desk state: what follows from the actions of an incident, a fold over its part of the desk log.

An action counts once by its id; an undo removes nothing and marks what it names. The order is that of the log.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from streams.desk_log.action import DeskAction
from streams.errors import ActionError


class Logged(NamedTuple):
    """An action as the log shows it, and whether an undo took it back."""

    action: DeskAction
    undone: bool


class OpenPromise(NamedTuple):
    """A promise, and the action that says it was kept; None for not yet."""

    action: DeskAction
    kept: DeskAction | None


class DeskState:
    """What people did about one incident.

    Parameters
    ----------
    incident
        Its id.
    actions
        Of the incident, in the order of the log, each id once.

    Examples
    --------
    >>> here = {"incident": "Acme/1", "brand": "Acme", "at": "2026-06-11T18:00:00Z"}
    >>> anne = DeskAction(id="0f8e1a2b", kind="acknowledge", who="anne", **here)
    >>> state = DeskState("Acme/1").apply(anne).apply(anne)
    >>> state.version, state.acknowledged.who
    (1, 'anne')
    >>> undone = state.apply(DeskAction(id="0f8e1a2c", kind="undo", who="marc", of="0f8e1a2b", **here))
    >>> undone.version, undone.acknowledged, undone.log[0].undone
    (2, None, True)
    """

    def __init__(self, incident: str, actions: tuple[DeskAction, ...] = ()) -> None:
        self.incident = incident
        self.actions = actions

    def apply(self, action: DeskAction) -> "DeskState":
        """Return the state after an action; the same state where its id is known.

        Raises
        ------
        ActionError
            It is about another incident.
        """
        if action.incident != self.incident:
            raise ActionError(f"expected an action on the incident {self.incident}, got one on {action.incident}")
        if self.knows(action.id):
            return self
        return DeskState(self.incident, (*self.actions, action))

    # -- the log ----------------------------------------------------------------------------------------------------
    @property
    def version(self) -> int:
        """How many actions it is the state of: a form carries the version that it showed."""
        return len(self.actions)

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(action.id for action in self.actions)

    def knows(self, action_id: str) -> bool:
        """Return whether an action of this id is in the log."""
        return action_id in self._ids

    @cached_property
    def undone(self) -> frozenset[str]:
        """Ids of the actions that an undo took back; an undo may be undone itself."""
        undone: set[str] = set()
        for action in reversed(self.actions):
            if action.kind == "undo" and action.id not in undone:
                undone.add(action.of)
        return frozenset(undone)

    @property
    def log(self) -> list[Logged]:
        """Every action, in order."""
        return [Logged(action, action.id in self.undone) for action in self.actions]

    def of_kind(self, *kinds: str) -> list[DeskAction]:
        """Return the actions of some kinds that count, in order."""
        return [action for action in self.actions if action.kind in kinds and action.id not in self.undone]

    def _last(self, *kinds: str) -> DeskAction | None:
        of_kind = self.of_kind(*kinds)
        return of_kind[-1] if of_kind else None

    def conflict(self, action: DeskAction, seen: int) -> DeskAction | None:
        """Return the action that makes a form stale: on the same subject, later than the version it showed.

        Parameters
        ----------
        action
            What the form would append. One whose id is known is no conflict: it was sent twice.
        seen
            The version that the form showed.

        Examples
        --------
        >>> here = {"incident": "Acme/1", "brand": "Acme", "at": "2026-06-11T18:00:00Z", "kind": "acknowledge"}
        >>> state = DeskState("Acme/1").apply(DeskAction(id="0f8e1a2b", who="anne", **here))
        >>> state.conflict(DeskAction(id="0f8e1a2d", who="marc", **here), seen=0).who
        'anne'
        """
        subject = _subject(action)
        if subject is None or self.knows(action.id):
            return None
        later = self.actions[max(0, seen) :]
        return next((other for other in reversed(later) if _subject(other) == subject), None)

    # -- what holds -------------------------------------------------------------------------------------------------
    @property
    def acknowledged(self) -> DeskAction | None:
        """The first acknowledgement: since then somebody has it."""
        return next(iter(self.of_kind("acknowledge")), None)

    @property
    def roles(self) -> dict[str, str]:
        """Who has which role."""
        roles = {action.role: action.person for action in self.of_kind("role")}
        return {role: person for role, person in roles.items() if person}

    @property
    def hold(self) -> DeskAction | None:
        """The hold on scheduled posts; None before it and after its release."""
        last = self._last("hold", "release")
        return last if last is not None and last.kind == "hold" else None

    @property
    def statements(self) -> list[DeskAction]:
        """Statements that people say they sent."""
        return self.of_kind("statement")

    @property
    def verified(self) -> dict[str, DeskAction]:
        """The latest verification of each publication, by its id."""
        return {action.post: action for action in self.of_kind("verified")}

    @property
    def answered(self) -> dict[str, DeskAction]:
        """Who answered which publication, by its id: the first."""
        return {action.post: action for action in reversed(self.of_kind("answered"))}

    @property
    def promises(self) -> list[OpenPromise]:
        """Promises, and whether they were kept."""
        kept = {action.promise: action for action in self.of_kind("kept")}
        return [OpenPromise(action, kept.get(action.id)) for action in self.of_kind("promise")]

    @property
    def mute(self) -> DeskAction | None:
        """The latest mute; whether it has ended is for the clock."""
        return self._last("mute")

    @property
    def closed(self) -> DeskAction | None:
        """The closing of the desk's side."""
        return self._last("close")

    @property
    def verdict(self) -> DeskAction | None:
        """What people say it was after all: `false_alarm` or `planned`; the latest."""
        return self._last("false_alarm", "planned")

    @property
    def shares(self) -> dict[str, DeskAction]:
        """Links that are not revoked, by their id."""
        return {action.link: action for action in self.of_kind("share")}


def fold(actions: Iterable[DeskAction]) -> dict[str, DeskState]:
    """Fold a log into the state of each incident.

    Examples
    --------
    >>> fold([])
    {}
    """
    by_incident: dict[str, dict[str, DeskAction]] = {}
    for action in actions:
        by_incident.setdefault(action.incident, {}).setdefault(action.id, action)
    return {incident: DeskState(incident, tuple(every.values())) for incident, every in by_incident.items()}


def _subject(action: DeskAction) -> str | None:
    """Return what two people would do twice; None for what may be done by many."""
    if action.kind in {"hold", "release"}:
        return "hold"
    if action.kind in {"close", "false_alarm", "planned"}:
        return "close"
    if action.kind in {"acknowledge", "statement", "mute"}:
        return action.kind
    own = {"role": action.role, "answered": action.post, "kept": action.promise, "undo": action.of}.get(action.kind)
    return None if own is None else f"{action.kind}/{own}"
