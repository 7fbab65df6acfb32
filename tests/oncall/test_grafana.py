"""What a caller of Grafana's API can rely on: retries where they help, and one clear error."""

import threading

import pytest

from streams.errors import ConfigError, GrafanaError
from streams.oncall.grafana import Grafana, grafana_token
from tests.helpers.monitoring.fake_grafana import TOKEN, FakeGrafana


def add_annotation(grafana: Grafana) -> None:
    grafana.annotate("key", 1, ["Acme"], "text")


@pytest.mark.parametrize("token", ["", "   ", "two\nlines", "naïve"])
def test_an_invalid_token_is_refused_before_any_request(token: str) -> None:
    with pytest.raises(ConfigError, match="expected a service account's token"):
        grafana_token(None, {"BADBUZZ_GRAFANA_TOKEN": token})


def test_no_server_is_one_clear_line() -> None:
    with pytest.raises(GrafanaError, match="cannot be reached") as refused:
        add_annotation(Grafana("http://127.0.0.1:9", TOKEN, attempts=1))
    assert refused.value.retryable


def test_a_server_in_trouble_is_tried_again_and_a_refusal_is_not(
    server: FakeGrafana, grafana: Grafana, pauses: list[float]
) -> None:
    server.failures = [(503, b'{"message": "starting"}'), (429, b'{"message": "too many"}')]
    add_annotation(grafana)
    assert (len(server.annotations), pauses) == (1, [1.0, 2.0])
    server.failures = [(403, b'{"message": "not allowed"}')]
    with pytest.raises(GrafanaError, match=r"not allowed.*is the token right"):
        add_annotation(grafana)
    assert len(pauses) == 2


def test_a_web_page_that_is_not_grafana_is_reported_as_such(server: FakeGrafana, grafana: Grafana) -> None:
    server.failures = [(200, b"<html>please log in</html>")]
    with pytest.raises(GrafanaError, match="login page"):
        add_annotation(grafana)


def test_an_empty_response_is_not_an_error(server: FakeGrafana, grafana: Grafana) -> None:
    server.failures = [(200, b"[]"), (204, b"")]
    add_annotation(grafana)
    assert server.failures == []


def test_a_server_that_does_not_respond_times_out(server: FakeGrafana) -> None:
    stuck = threading.Event()
    server.respond = lambda *_: (stuck.wait(5), (200, {}))[1]  # type: ignore[method-assign]
    with pytest.raises(GrafanaError, match="did not respond in time") as late:
        add_annotation(Grafana(server.url, TOKEN, timeout=0.2, attempts=1))
    stuck.set()
    assert late.value.retryable
