"""What people who are sent situation reports can rely on: each comes once, whatever consoles run, and is on record."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from streams.console.local_feed import LocalFeed
from streams.console.situation_reports import SituationReports
from streams.console.state import ConsoleState
from streams.errors import ConfigError
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.situations import at, records, situation

SHOWN = situation(warned_at=at(61))


class Webhook:
    """A webhook on loopback; answers the first requests with these statuses, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.bodies: list[dict[str, object]] = []
        self._statuses = list(statuses)

    async def __aenter__(self) -> str:
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        return web.Response(status=self._statuses.pop(0) if self._statuses else 200)


def configured(folder: Path, url: str) -> Config:
    path = folder / "webhook"
    path.write_text(f"{url}\n", encoding="utf-8")
    return Config(console=ConsoleSettings(report_webhook_file=str(path)))


def test_of_two_consoles_one_sends_a_report_and_the_log_says_which(tmp_path: Path) -> None:
    async def run() -> tuple[Webhook, ConsoleState]:
        webhook, state, feed = Webhook(), ConsoleState(), LocalFeed(records(SHOWN))
        await feed.start(state)
        async with webhook as url:
            consoles = [SituationReports(configured(tmp_path, url), state, feed) for _ in range(2)]
            await asyncio.gather(*(console.send_due() for console in consoles))
            await consoles[0].send_due()
        return webhook, state

    webhook, state = asyncio.run(run())
    (body,) = webhook.bodies
    assert (body["incident"], body["brand"], body["hours"]) == (SHOWN.incident, "3 Suisses", 1.0)
    assert str(body["text"]).startswith("3 Suisses: situation 1 h after the first alert\n")
    logged = {action.text for action in state.cases[SHOWN.incident].desk.actions}
    assert [text.partition(", sent by console ")[0] for text in logged] == ["situation report +1 h"]


def test_a_webhook_that_fails_once_is_sent_the_report_again(tmp_path: Path) -> None:
    async def run() -> Webhook:
        webhook, state, feed = Webhook(503), ConsoleState(), LocalFeed(records(SHOWN))
        await feed.start(state)
        async with webhook as url:
            await SituationReports(configured(tmp_path, url), state, feed).send_due()
        return webhook

    assert len(asyncio.run(run()).bodies) == 2


def test_nothing_is_sent_before_the_first_hour(tmp_path: Path) -> None:
    async def run() -> Webhook:
        early = msgspec.structs.replace(SHOWN, warned_at=at(58))
        webhook, state, feed = Webhook(), ConsoleState(), LocalFeed(records(early))
        await feed.start(state)
        async with webhook as url:
            await SituationReports(configured(tmp_path, url), state, feed).send_due()
        return webhook

    assert asyncio.run(run()).bodies == []


@pytest.mark.parametrize("text", ["", "chat.example/hook", "https://a.example https://b.example"])
def test_a_file_without_one_address_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="report_webhook_file") as refused:
        SituationReports(configured(tmp_path, text), ConsoleState(), LocalFeed())
    assert "example" not in str(refused.value)


@pytest.mark.parametrize("hours", ["soon", "1; 2", "-1"])
def test_hours_that_are_no_numbers_are_refused(hours: str) -> None:
    with pytest.raises(ConfigError, match="report_hours"):
        ConsoleSettings(report_hours=hours)
