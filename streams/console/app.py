"""The console's web application: its pages, streams and forms, behind the request guard."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from streams.console.access.guard import guard, set_headers
from streams.console.access.login import login_routes
from streams.console.access.people import Loopback, Person, Tokens, authentication
from streams.console.access.share import Shared, ShareLinks
from streams.console.desk import Desk
from streams.console.feed import Feed
from streams.console.rendering import Page, Renderer, html
from streams.console.state import Case, ConsoleState
from streams.console.stream import Hub, stream
from streams.console.views.incident import incident_view
from streams.console.views.lens import Lens
from streams.console.views.log import log_lines
from streams.console.views.overview import overview, path
from streams.desk_log.action import ROLES
from streams.event_time import HOUR_MS
from streams.oncall.silences import ALERTMANAGER_URL, Alertmanager
from streams.settings.config import Config

MAX_FORM_BYTES = 32 * 1024
_TOP = ("health", "head")
_LEFT = ("due", "much", "where", "said", "who")
_RIGHT = ("ours", "cell", "log", "next")
_READER = Person("", False)


class ConsoleApp:
    """Handlers of the console's requests.

    Parameters
    ----------
    config
        Language, zone, and section `[console]`.
    state
        What is shown.
    feed
        The clock, and where actions go.
    """

    def __init__(self, config: Config, state: ConsoleState, feed: Feed) -> None:
        self._config = config
        self._state = state
        self._feed = feed
        self._people = authentication(config.console)
        self._links = ShareLinks(config.console)
        url = os.environ.get(ALERTMANAGER_URL)
        self._desk = Desk(state, feed, Alertmanager(url, config.installation) if url else None)
        self._renderer = Renderer()
        self.hub = Hub()
        state.subscribe(self.hub.notify)

    def application(self) -> web.Application:
        """Return the application."""
        app = web.Application(middlewares=[guard(self._config.console)], client_max_size=MAX_FORM_BYTES)
        app.on_response_prepare.append(set_headers)
        app.add_routes(
            [
                web.get("/", self._overview),
                web.get("/stream", self._overview_stream),
                web.get("/incident/{incident:.+}", self._incident),
                web.get("/stream/{incident:.+}", self._incident_stream),
                web.get("/log/{incident:.+}", self._log),
                web.post("/act/{incident:.+}", self._act),
                web.get("/shared/{token}", self._shared),
                web.get("/shared/{token}/stream", self._shared_stream),
                *login_routes(self._people, self._renderer, self._lens),
                web.static("/static", Path(__file__).with_name("static")),
            ]
        )
        return app

    # -- who, and what they may see ---------------------------------------------------------------------------------
    def _lens(self, person: Person = _READER, *, shared: bool = False) -> Lens:
        return Lens(self._config, self._feed.now_ms(), person.may_act and not shared, shared)

    def _person(self, request: web.Request) -> Person:
        person = self._people.person(request)
        if person is not None:
            return person
        if isinstance(self._people, Tokens) and request.method == "GET":
            raise web.HTTPSeeOther("/login")
        lens = self._lens()
        raise web.HTTPUnauthorized(
            text=self._message(lens, lens.say("login"), lens.say("no_login")), content_type="text/html"
        )

    def _case(self, request: web.Request) -> Case:
        case = self._state.cases.get(request.match_info["incident"])
        if case is None or case.situation is None:
            lens = self._lens()
            text = self._message(lens, "404", lens.say("unknown_incident"), "/")
            raise web.HTTPNotFound(text=text, content_type="text/html")
        return case

    def _link(self, request: web.Request) -> Shared:
        lens = self._lens()
        shown = self._links.shown(request.match_info["token"], self._state, lens.now_ms)
        if shown is None or shown.case.situation is None:
            text = self._message(lens, "404", lens.say("link_ended"))
            raise web.HTTPNotFound(text=text, content_type="text/html")
        return shown

    # -- pages ------------------------------------------------------------------------------------------------------
    async def _overview(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        lens = self._lens(person)
        title = lens.say("title")
        return self._live(
            "overview.html", lens, self._overview_parts(lens), person, title, "/stream", [_TOP, ("brands",)]
        )

    async def _overview_stream(self, request: web.Request) -> web.StreamResponse:
        self._person(request)
        return await stream(request, self.hub, lambda: self._overview_parts(self._lens()))

    async def _incident(self, request: web.Request) -> web.StreamResponse:
        person, case = self._person(request), self._case(request)
        lens = self._lens(person)
        page = self._incident_parts(case, lens)
        shares = [
            {"token": self._links.token(case.incident, link), "who": a.who, "until": a.until, "action": a.id}
            for link, a in case.desk.shares.items()
            if self._links.shown(self._links.token(case.incident, link), self._state, lens.now_ms)
        ]
        return self._live(
            "incident.html",
            lens,
            page,
            person,
            self._title(case, lens),
            f"/stream/{quote(case.incident)}",
            [_TOP, _LEFT, _RIGHT],
            act=f"/act/{quote(case.incident)}",
            shares=shares,
            roles=ROLES,
            share_until=lens.now_ms + round(self._config.console.share_hours * HOUR_MS),
        )

    async def _incident_stream(self, request: web.Request) -> web.StreamResponse:
        person, case = self._person(request), self._case(request)

        def page() -> Page | None:
            now = self._state.cases.get(case.incident)
            return self._incident_parts(now, self._lens(person)) if now is not None else None

        return await stream(request, self.hub, page)

    async def _shared(self, request: web.Request) -> web.StreamResponse:
        shown = self._link(request)
        lens = self._lens(shared=True)
        page = self._incident_parts(shown.case, lens)
        address = f"/shared/{quote(request.match_info['token'])}/stream"
        title = self._title(shown.case, lens)
        columns = [_TOP, _LEFT, _RIGHT]
        return self._live(
            "incident.html", lens, page, _READER, title, address, columns, shared_until=shown.until, roles=ROLES
        )

    async def _shared_stream(self, request: web.Request) -> web.StreamResponse:
        self._link(request)
        token = request.match_info["token"]

        def page() -> Page | None:
            lens = self._lens(shared=True)
            shown = self._links.shown(token, self._state, lens.now_ms)
            return self._incident_parts(shown.case, lens) if shown is not None else None

        return await stream(request, self.hub, page)

    async def _log(self, request: web.Request) -> web.StreamResponse:
        person, case = self._person(request), self._case(request)
        lens = self._lens(person)
        return html(
            self._renderer.page(
                "log.html", lens, brand=case.brand, lines=log_lines(case, lens), back=path(case.incident)
            )
        )

    def _overview_parts(self, lens: Lens) -> Page:
        view = lambda: (self._state.revision, overview(self._state, self._feed.feeding(), lens).parts())  # noqa: E731
        return self._renderer.parts("/", self._state.revision, lens, view)

    def _incident_parts(self, case: Case, lens: Lens) -> Page:
        situation = case.situation
        assert situation is not None  # noqa: S101  (cases without a picture have no page)

        def view() -> tuple[int, list[Any]]:
            shown = incident_view(case, situation, self._state, self._feed.feeding(), lens)
            return shown.version, shown.parts()

        return self._renderer.parts(f"/act/{quote(case.incident)}", case.revision, lens, view)

    @staticmethod
    def _title(case: Case, lens: Lens) -> str:
        return f"{lens.config.words.say(f'severity_{case.severity}').upper()} {case.brand} - badbuzz"

    def _live(
        self,
        template: str,
        lens: Lens,
        page: Page,
        person: Person,
        title: str,
        address: str,
        columns: list[tuple[str, ...]],
        **data: Any,
    ) -> web.Response:
        known = {
            "shared_until": "",
            "shares": [],
            "act": "",
            "replay": self._feed.feeding().replay,
            "choose_name": isinstance(self._people, Loopback) and not lens.shared,
            "log_out": isinstance(self._people, Tokens) and not lens.shared,
        }
        return html(
            self._renderer.page(
                template, lens, page=page, person=person, title=title, stream=address, columns=columns, **known | data
            )
        )

    # -- forms ------------------------------------------------------------------------------------------------------
    async def _act(self, request: web.Request) -> web.StreamResponse:
        person, case = self._person(request), self._case(request)
        lens = self._lens(person)
        back = path(case.incident)
        if not person.may_act:
            return self._answer(request, 403, lens.say("may_not_act"), lens, back)
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        outcome = await self._desk.act(form, case, person, lens)
        return self._answer(request, outcome.status, outcome.problem, lens, back)

    def _answer(self, request: web.Request, status: int, problem: str, lens: Lens, back: str) -> web.StreamResponse:
        """Answer a form: JSON for the script; for a browser without it, the page again or what is wrong."""
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response({"problem": problem}, status=status)
        if status == 200:
            raise web.HTTPSeeOther(back)
        return html(self._message(lens, str(status), problem, back), status)

    def _message(self, lens: Lens, title: str, text: str, back: str = "") -> str:
        return self._renderer.page("message.html", lens, title=title, text=text, back=back)
