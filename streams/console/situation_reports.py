"""Situation reports: posted to a webhook some hours after the first alert, once by all consoles together.

Before it sends one a console appends to the desk log that it does, under an id that follows from the incident and the
hour: of several consoles the first in the log sends. One that dies in between has not sent it; the log shows who.
"""

import asyncio
import contextlib
import hashlib
import logging
import secrets
from pathlib import Path

import aiohttp

from streams.console.feed import Feed
from streams.console.state import Case, ConsoleState
from streams.desk_log.action import DeskAction
from streams.errors import BadBuzzError
from streams.event_time import rfc3339_ms
from streams.reports.situation_report import due_hours, situation_report
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from streams.settings.options import setting_error

logger = logging.getLogger(__name__)

LOOK_S = 10.0
LOGGED_WITHIN_S = 5.0
TRIES = 3
TIMEOUT = aiohttp.ClientTimeout(total=10)
BY = "badbuzz"


class SituationReports:
    """Send situation reports.

    Parameters
    ----------
    config
        Language and zone; section `[console]`: the webhook and the hours.
    state, feed
        The incidents, the clock, and where actions go.

    Raises
    ------
    ConfigError
        The file of the webhook's address cannot be read, or holds none.
    """

    def __init__(self, config: Config, state: ConsoleState, feed: Feed) -> None:
        self._config = config
        self._state = state
        self._feed = feed
        self._url = _address(config.console)
        self._own = secrets.token_hex(4)

    async def run(self) -> None:
        """Send what is due, until cancelled; nothing without a webhook, or of a replay."""
        while self._url and not self._feed.feeding().replay:
            try:
                await self.send_due()
            except Exception:  # the page is worth more than its reports
                logger.exception("situation reports could not be sent: the next look is in %.0f s", LOOK_S)
            await asyncio.sleep(LOOK_S)

    async def send_due(self) -> None:
        """Send the reports that are due now."""
        for case in list(self._state.cases.values()):
            if case.situation is None or case.part_of:
                continue
            for hours in due_hours(case.situation, case.desk, self._config.console.hours, self._feed.now_ms()):
                action = self._action(case, hours)
                if not case.desk.knows(action.id) and await self._claim(action):
                    await self._post(case, hours)

    def _action(self, case: Case, hours: float) -> DeskAction:
        digest = hashlib.sha256(case.incident.encode()).hexdigest()[:24]
        return DeskAction(
            id=f"report-{digest}-{hours:g}".replace(".", "_"),
            incident=case.incident,
            brand=case.brand,
            kind="note",
            who=BY,
            at=rfc3339_ms(self._feed.now_ms()),
            text=f"situation report +{hours:g} h, sent by console {self._own}",
        )

    async def _claim(self, action: DeskAction) -> bool:
        """Append that this console sends a report; return whether it was the first."""
        try:
            await self._feed.append(action)
        except BadBuzzError as error:
            logger.warning("a situation report is not sent: %s", error)
            return False
        if not await self._state.logged(action, LOGGED_WITHIN_S):
            return False
        case = self._state.cases[action.incident]
        first = next(each for each in case.desk.actions if each.id == action.id)
        return first.text == action.text

    async def _post(self, case: Case, hours: float) -> None:
        assert case.situation is not None  # noqa: S101  (checked by the caller)
        text = situation_report(case.situation, case.desk, hours, self._config)
        body = {"text": text, "incident": case.incident, "brand": case.brand, "hours": hours}
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            for attempt in range(TRIES):
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(self._url, json=body, allow_redirects=False) as answer:
                        if answer.status < 300:
                            return
                        logger.warning("the webhook of situation reports answered %d", answer.status)
                await asyncio.sleep(2**attempt)
        logger.error("the situation report of %s at +%g h was not delivered: send it by hand", case.incident, hours)


def _address(settings: ConsoleSettings) -> str:
    if not settings.report_webhook_file:
        return ""
    name, path = "report_webhook_file", Path(settings.report_webhook_file)
    try:
        url = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise setting_error("console", name, f"expected a readable file, got {path}: {error}") from None
    if not url.startswith(("https://", "http://")) or len(url.split()) != 1:
        raise setting_error("console", name, f"expected one http address in {path}, got something else")
    return url
