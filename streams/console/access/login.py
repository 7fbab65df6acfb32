"""Login by name and token, logout, and the name under which people at the machine itself act."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from aiohttp import web

from streams.console.access.people import (
    NAME_COOKIE,
    SESSION_COOKIE,
    SESSION_S,
    Authentication,
    Loopback,
    Tokens,
    clean_name,
)
from streams.console.rendering import Renderer, html
from streams.console.views.lens import Lens


def login_routes(people: Authentication, renderer: Renderer, lens: Callable[[], Lens]) -> list[web.RouteDef]:
    """Return the routes by which people say who they are; none behind a proxy, which knows.

    Parameters
    ----------
    people
        The authentication of the console.
    renderer, lens
        Show the form.
    """
    if isinstance(people, Tokens):
        return _token_routes(people, renderer, lens)
    if isinstance(people, Loopback):
        return [web.post("/name", _choose_name)]
    return []


def _token_routes(people: Tokens, renderer: Renderer, lens: Callable[[], Lens]) -> list[web.RouteDef]:
    async def show(_: web.Request) -> web.StreamResponse:
        return html(renderer.page("login.html", lens(), problem=""))

    async def log_in(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        session = await people.session(str(form.get("name", "")), str(form.get("token", "")))
        if session is None:
            view = lens()
            return html(renderer.page("login.html", view, problem=view.say("wrong_token")), 403)
        response = web.HTTPSeeOther("/")
        response.set_cookie(SESSION_COOKIE, session, max_age=SESSION_S, httponly=True, secure=True, samesite="Strict")
        raise response

    async def log_out(_: web.Request) -> web.StreamResponse:
        response = web.HTTPSeeOther("/login")
        response.del_cookie(SESSION_COOKIE)
        raise response

    return [web.get("/login", show), web.post("/login", log_in), web.post("/logout", log_out)]


async def _choose_name(request: web.Request) -> web.StreamResponse:
    name = clean_name(str((await request.post()).get("name", "")))
    response = web.HTTPSeeOther(_sent_from(request))
    response.set_cookie(NAME_COOKIE, quote(name), max_age=SESSION_S, httponly=True, samesite="Strict")
    raise response


def _sent_from(request: web.Request) -> str:
    """Return the path of the page that a form was sent from."""
    path = urlsplit(request.headers.get("Referer", "")).path
    return path if path.startswith("/") and not path.startswith("//") else "/"
