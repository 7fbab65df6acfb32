"""The server of health and metrics stands clumsy and hostile clients."""

import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from streams.errors import ConfigError
from streams.web.server import Response, Server

TEXT = b"badbuzz_x 1\n" * 1000


def boom(_accept: str) -> Response:
    raise ValueError("boom")


ROUTES = {
    "/metrics": lambda _: Response(200, "text/plain", TEXT),
    "/healthz": lambda _: Response(503, "application/json", b"{}"),
    "/accept": lambda accept: Response(200, "text/plain", accept.encode()),
    "/boom": boom,
}


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(0, ROUTES, idle_s=1.0)
    yield running
    running.close()


def ask(server: Server, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_head_answers_as_get_without_the_body(server: Server) -> None:
    got, body = ask(server, "GET", "/metrics")
    head, nothing = ask(server, "HEAD", "/metrics")
    assert (got.status, body) == (200, TEXT)
    assert (head.status, nothing, head.getheader("Content-Length")) == (200, b"", str(len(TEXT)))
    assert ask(server, "HEAD", "/healthz")[0].status == 503


def test_a_page_is_compressed_where_the_client_accepts_that(server: Server) -> None:
    response, body = ask(server, "GET", "/metrics", **{"Accept-Encoding": "gzip"})
    assert response.getheader("Content-Encoding") == "gzip"
    assert len(body) < len(TEXT) / 10
    assert gzip.decompress(body) == TEXT


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/metrics", 405), ("GET", "/", 404), ("GET", "/boom", 500)]
)
def test_other_requests_are_refused_and_name_neither_python_nor_a_library(
    method: str, path: str, status: int, server: Server
) -> None:
    response, body = ask(server, method, path)
    assert response.status == status
    assert response.getheader("Server") == "badbuzz"
    assert b"boom" not in body


def test_an_accept_header_reaches_the_page_as_it_came(server: Server) -> None:
    header = "application/openmetrics-text;version=a.b"
    assert ask(server, "GET", "/accept", Accept=header)[1] == header.encode()


def test_a_thousand_half_open_requests_cost_no_thread_each_and_are_closed(server: Server) -> None:
    before = threading.active_count()
    half_open = []
    for _ in range(1000):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        client.sendall(b"GET /metr")
        half_open.append(client)
    assert ask(server, "GET", "/metrics")[1] == TEXT
    assert threading.active_count() - before <= 20
    # Each sees the end of its connection: with or without a last word of the server.
    for client in half_open:
        while client.recv(4096):
            pass
        client.close()


def test_a_client_that_leaves_in_the_middle_leaves_no_trace_in_the_log(
    server: Server, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        client.close()  # with a reset
    assert ask(server, "GET", "/metrics")[0].status == 200
    assert not caplog.records
    assert "Traceback" not in "".join(capfd.readouterr())


def test_it_listens_on_an_address_of_the_sixth_version() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    server = Server(0, ROUTES, "::1")
    try:
        connection = http.client.HTTPConnection("::1", server.port, timeout=10)
        connection.request("GET", "/accept", headers={"Accept": "x"})
        assert connection.getresponse().read() == b"x"
        connection.close()
    finally:
        server.close()


def test_a_port_in_use_is_an_error_that_names_the_setting(server: Server) -> None:
    with pytest.raises(ConfigError, match=rf"^metrics_port: expected a free port on 127\.0\.0\.1, got {server.port}: "):
        Server(server.port, ROUTES, setting="metrics_port")


def test_pages_are_answered_side_by_side(server: Server) -> None:
    """A slow scrape must not let a probe wait."""
    entered, leave = threading.Event(), threading.Event()

    def slow(_accept: str) -> Response:
        entered.set()
        leave.wait(10)
        return Response(200, "text/plain", b"late")

    slow_server = Server(0, ROUTES | {"/slow": slow})
    scrape = threading.Thread(target=ask, args=(slow_server, "GET", "/slow"))
    scrape.start()
    try:
        assert entered.wait(10)
        assert json.loads(ask(slow_server, "GET", "/healthz")[1]) == {}
    finally:
        leave.set()
        scrape.join()
        slow_server.close()


def test_closing_ends_the_threads() -> None:
    before = set(threading.enumerate())
    server = Server(0, ROUTES)
    ask(server, "GET", "/metrics")
    server.close()
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before
