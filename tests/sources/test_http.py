"""A request to a stranger's server ends in an answer or in one clear error, and never inside the private network."""

import asyncio
import zlib
from collections.abc import Callable

import pytest
from aiohttp import web

from streams.errors import SourceError
from streams.settings.sources import CollectorSettings
from streams.sources.http import Answer, HttpClient
from tests.sources.fakes.clock import Clock
from tests.sources.fakes.web_server import Handler, serving

PRIVATE_ALLOWED = CollectorSettings(allow_private=True, user_agent="badbuzz (+mailto:desk@acme.example)")
PUBLIC_ONLY = CollectorSettings()


def get(
    handler: Handler,
    path: str = "/",
    common: CollectorSettings = PRIVATE_ALLOWED,
    allowed: Callable[[str], bool] = lambda host: False,
    key: str = "",
) -> Answer:
    async def run() -> Answer:
        async with serving(handler) as address:
            client = HttpClient("press", common, timeout_s=2, clock=Clock(), allowed=allowed)
            async with client:
                secret_headers = {"Authorization": key} if key else {}
                return await client.get(address + path, max_bytes=1000, secret_headers=secret_headers)

    return asyncio.run(run())


def failed(handler: Handler, path: str = "/", **options: object) -> SourceError:
    with pytest.raises(SourceError) as error:
        get(handler, path, **options)  # type: ignore[arg-type]
    return error.value


async def hello(request: web.BaseRequest) -> web.Response:
    return web.Response(text=request.headers["User-Agent"])


def test_a_server_is_told_who_asks() -> None:
    assert get(hello).body == b"badbuzz (+mailto:desk@acme.example)"


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    async def redirect(request: web.BaseRequest) -> web.Response:
        left = int(request.path[1:])
        return web.Response(status=302, headers={"Location": f"/{left - 1}"}) if left else web.Response(text="there")

    assert get(redirect, "/5").body == b"there"
    assert failed(redirect, "/6").reason == "protocol"


def test_a_key_does_not_go_where_a_server_redirects_to() -> None:
    seen: list[str | None] = []

    async def redirect(request: web.BaseRequest) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        if request.path == "/":
            return web.Response(status=307, headers={"Location": "/within"})
        if request.path == "/within":
            return web.Response(status=307, headers={"Location": f"http://localhost:{request.url.port}/beyond"})
        return web.Response()

    get(redirect, key="Bearer s3cret")
    assert seen == ["Bearer s3cret", "Bearer s3cret", None]


def test_an_address_of_the_private_network_is_not_asked_however_it_is_come_by() -> None:
    asked: list[str] = []

    async def redirect(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": f"http://{request.path[1:]}:{request.url.port}/secrets"})

    direct = failed(redirect, common=PUBLIC_ONLY)
    assert (direct.reason, direct.fatal, asked) == ("connect", True, [])
    assert "allow_private" in str(direct)
    for host in ("127.0.0.2", "[::1]", "localhost", "0x7f.1"):
        asked.clear()
        # The first server counts as public, and no other address does.
        error = failed(redirect, f"/{host}", common=PUBLIC_ONLY, allowed=_only_first())
        assert (error.reason, error.fatal) == ("connect", False), host
        assert asked == [f"/{host}"]


def _only_first() -> Callable[[str], bool]:
    calls: list[str] = []

    def allowed(host: str) -> bool:
        calls.append(host)
        is_name = not host.replace(".", "").isdigit() and ":" not in host
        return len(calls) == 1 or is_name

    return allowed


def test_a_body_larger_than_the_bound_is_refused_also_where_it_is_compressed_or_without_a_length() -> None:
    async def bomb(request: web.BaseRequest) -> web.StreamResponse:
        body = zlib.compress(bytes(50_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "deflate"})

    async def chunks(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(11):
            await response.write(b"x" * 100)
        return response

    for handler in (bomb, chunks):
        error = failed(handler)
        assert error.reason == "protocol"
        assert "at most 1000 bytes" in str(error)


def test_a_server_that_answers_too_slowly_or_never_is_left() -> None:
    async def run(handler: Handler) -> str:
        async with serving(handler) as address, HttpClient("press", PRIVATE_ALLOWED, timeout_s=0.05) as client:
            with pytest.raises(SourceError) as error:
                await client.get(address, max_bytes=1000)
            left.set()
            return error.value.reason

    async def never(request: web.BaseRequest) -> web.StreamResponse:
        await left.wait()
        return web.Response()

    async def drop_by_drop(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not left.is_set():
            await response.write(b"x")
            await asyncio.sleep(0.01)
        return response

    for handler in (never, drop_by_drop):
        left = asyncio.Event()
        assert asyncio.run(run(handler)) == "silent"


@pytest.mark.parametrize(
    ("status", "header", "reason", "wait", "fatal"),
    [
        (429, "7", "rate_limit", 7, False),
        (429, "Wed, 25 Nov 2026 15:02:00 GMT", "rate_limit", 120, False),
        (503, "9999999999", "http", 86_400, False),
        (500, "soon", "http", None, False),
        (404, None, "http", None, False),
        (401, None, "unauthorized", None, True),
        (403, None, "unauthorized", None, True),
    ],
)
def test_a_refusal_says_why_and_how_long_to_wait(
    status: int, header: str | None, reason: str, wait: float | None, fatal: bool
) -> None:
    async def refuse(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": header} if header else {})

    error = failed(refuse, "/feed?key=s3cret")
    assert (error.reason, error.retry_after_s, error.fatal) == (reason, wait, fatal)
    assert str(status) in str(error)
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("url", ["ftp://x.example/", "file:///etc/passwd", "http://", "http://[", "nonsense"])
def test_what_is_no_web_address_is_refused_for_good(url: str) -> None:
    async def run() -> None:
        async with HttpClient("press", PUBLIC_ONLY) as client:
            await client.get(url, max_bytes=1)

    with pytest.raises(SourceError) as error:
        asyncio.run(run())
    assert error.value.fatal


def test_a_server_that_is_not_there_is_one_line_without_the_key() -> None:
    async def run() -> None:
        async with serving(hello) as address:
            pass
        async with HttpClient("press", PRIVATE_ALLOWED) as client:
            await client.get(f"{address}/feed?key=s3cret", max_bytes=1)

    with pytest.raises(SourceError, match=r"expected a connection, got: Connection refused") as error:
        asyncio.run(run())
    assert error.value.reason == "connect"
    assert "s3cret" not in str(error.value)
