"""The desk's door: a form is checked against the newest state, appended to the log, and answered once it is there."""

import asyncio
from typing import NamedTuple

import msgspec

from streams.console.access.people import Person
from streams.console.feed import Feed
from streams.console.forms import action_of, same_form
from streams.console.state import Case, ConsoleState
from streams.console.views.lens import Lens
from streams.console.views.log import did
from streams.desk_log.action import DeskAction, instant_ms
from streams.errors import ActionError, BadBuzzError, ConfigError
from streams.oncall.silences import ALERTMANAGER_URL, Alertmanager

LOGGED_WITHIN_S = 5.0


class Outcome(NamedTuple):
    """What a form led to: an HTTP status, and what to say where it was refused."""

    status: int
    problem: str = ""


class Desk:
    """Append the actions of forms.

    Parameters
    ----------
    state
        What was read.
    feed
        Where actions go.
    alertmanager
        Where alerts are muted; None: nowhere, as in a replay, or where none is configured.
    """

    def __init__(self, state: ConsoleState, feed: Feed, alertmanager: Alertmanager | None = None) -> None:
        self._state = state
        self._feed = feed
        self._alertmanager = alertmanager

    async def act(self, form: dict[str, str], case: Case, person: Person, lens: Lens) -> Outcome:
        """Append the action of a form once, however often the form is sent.

        Returns
        -------
        Outcome
            200; 400 for an impossible field; 409 where somebody was faster, or the id was used for something else; 502
            where Alertmanager refused to mute; 503 where the log did not confirm it.
        """
        try:
            action = action_of(form, case, person, lens.now_ms, lens.config)
        except ActionError as error:
            return Outcome(400, str(error))
        seen = int(form["seen"]) if form.get("seen", "").isdecimal() else 0
        known = next((each for each in case.desk.actions if each.id == action.id), None)
        if known is not None:
            return Outcome(200) if same_form(known, action) else Outcome(409, lens.say("used_id"))
        if other := case.desk.conflict(action, seen):
            return self._stale(other, case, lens)
        try:
            action = await asyncio.to_thread(self._silenced, action, case)
        except BadBuzzError as error:
            return Outcome(502, str(error))
        return await self._append(action, seen, lens)

    def _silenced(self, action: DeskAction, case: Case) -> DeskAction:
        """Mute in Alertmanager before a mute is logged, and unmute before one is undone: the log claims no more."""
        if action.kind == "mute" and not self._feed.feeding().replay:
            if self._alertmanager is None:
                raise ConfigError(f"expected the address of Alertmanager in {ALERTMANAGER_URL}, got none: set it")
            silence = self._alertmanager.mute(
                case.brand, action.at_ms, instant_ms(action.until), action.who, action.why
            )
            return msgspec.structs.replace(action, silence=silence)
        if action.kind == "undo" and self._alertmanager is not None:
            for muted in case.desk.of_kind("mute"):
                if muted.id == action.of and muted.silence:
                    self._alertmanager.unmute(muted.silence)
        return action

    async def _append(self, action: DeskAction, seen: int, lens: Lens) -> Outcome:
        not_logged = Outcome(503, lens.say("not_logged", seconds=f"{LOGGED_WITHIN_S:.0f}"))
        try:
            await self._feed.append(action)
        except BadBuzzError:
            return not_logged
        if not await self._state.logged(action, LOGGED_WITHIN_S):
            return not_logged
        # Another console may have appended meanwhile: the order of the log decides who was first.
        case = self._state.cases[action.incident]
        place = next(i for i, each in enumerate(case.desk.actions) if each.id == action.id)
        before = msgspec.structs.replace(case, desk=type(case.desk)(case.incident, case.desk.actions[:place]))
        other = before.desk.conflict(action, seen)
        return self._stale(other, case, lens) if other else Outcome(200)

    @staticmethod
    def _stale(other: DeskAction, case: Case, lens: Lens) -> Outcome:
        what = did(other, case, lens)
        return Outcome(409, lens.say("stale_form", who=other.who, time=lens.time(other.at), what=what))
