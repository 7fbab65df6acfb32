"""Requests that no page of the console sends, and people who may not: refused; links for readers; forms sent twice."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from streams.console.local_feed import LocalFeed
from streams.console.state import Record
from streams.console.views.overview import path
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.consoles import console
from tests.helpers.situations import action, at, post, records, situation

SHOWN = situation(posts=[post(1, text="ask @jane.doe about it"), post(2, author="jane")])
INCIDENT = path(SHOWN.incident)
ACT = INCIDENT.replace("/incident/", "/act/")
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def feed() -> LocalFeed:
    return LocalFeed(records(SHOWN))


@pytest.fixture
def address(feed: LocalFeed) -> Iterator[str]:
    with console(feed) as where:
        yield where


def send(address: str, form: dict[str, str], **headers: str) -> requests.Response:
    return requests.post(
        address + ACT,
        {"seen": "0", "id": "form-0001"} | form,
        headers=SAME | headers,
        timeout=10,
        allow_redirects=False,
    )


def get(address: str, where: str = INCIDENT, **headers: str) -> requests.Response:
    return requests.get(address + where, headers=headers, timeout=10, allow_redirects=False)


def test_every_answer_forbids_framing_foreign_scripts_and_storing(address: str) -> None:
    for where in ("/", INCIDENT, "/static/console.js", "/nothing"):
        headers = get(address, where).headers
        policy = headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for"):
            assert rule in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers


def test_a_request_for_another_host_is_refused(address: str) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", ""):
        assert get(address, Host=host).status_code in {400, 421}


def test_a_form_from_another_site_is_refused(address: str) -> None:
    form = {"kind": "acknowledge"}
    cases: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ]
    for headers in cases:
        answer = requests.post(address + ACT, form | {"id": "form-0001"}, headers=headers, timeout=10)
        assert answer.status_code == 403
    assert "nobody has it" not in get(address).text
    assert "has it" not in get(address).text.split('id="p-log"')[1]


def test_an_old_browser_that_sends_its_origin_alone_can_act(address: str) -> None:
    form = {"kind": "acknowledge", "id": "form-0001", "seen": "0"}
    assert requests.post(address + ACT, form, headers={"Origin": address}, timeout=10).status_code == 200


def test_a_form_sent_twice_counts_once_and_its_id_cannot_say_something_else(address: str) -> None:
    note = {"kind": "note", "text": "one"}
    assert [send(address, note).status_code for _ in range(3)] == [303, 303, 303]
    assert get(address).text.count("noted: one") == 1
    assert send(address, {"kind": "note", "text": "two"}).status_code == 409


def test_a_stale_form_is_refused_with_the_newer_state(address: str) -> None:
    assert send(address, {"kind": "role", "role": "lead", "person": "Anne", "id": "form-0001"}).status_code == 303
    late = {"kind": "role", "role": "lead", "person": "Marc", "id": "form-0002"}
    answer = send(address, late, Accept="application/json")
    assert answer.status_code == 409
    assert "lead: Anne" in answer.json()["problem"]
    assert send(address, late | {"seen": "1"}).status_code == 303


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"kind": "burn"}, "expected a kind of"),
        ({"kind": "close", "why": " "}, "expected the field 'why'"),
        ({"kind": "note", "text": "x" * 2001}, "expected at most 2000 characters"),
        ({"kind": "role", "role": "king"}, "expected a role of"),
        ({"kind": "promise", "text": "soon", "minutes": "soon"}, "expected a whole number"),
        ({"kind": "statement", "text": "x", "url": "javascript:alert(1)"}, "expected an address that begins with"),
        ({"kind": "note", "text": "x", "id": "<b>"}, "expected an id of"),
    ],
)
def test_an_impossible_field_is_named_with_what_was_expected(address: str, form: dict[str, str], expected: str) -> None:
    answer = send(address, form, Accept="application/json")
    assert answer.status_code == 400
    assert expected in answer.json()["problem"]


def test_a_mute_that_mutes_nothing_is_refused_and_not_logged(address: str) -> None:
    answer = send(address, {"kind": "mute", "why": "at work", "hours": "2"}, Accept="application/json")
    assert answer.status_code == 502
    assert "BADBUZZ_ALERTMANAGER_URL" in answer.json()["problem"]
    assert "muted the alerts" not in get(address).text


def shared(address: str) -> str:
    assert send(address, {"kind": "share", "id": "share-0001"}).status_code == 303
    return "/shared/" + get(address).text.split('href="/shared/')[1].split('"')[0]


def test_a_link_shows_one_incident_without_buttons_and_names_no_private_person(feed: LocalFeed) -> None:
    with console(feed, Config(show_authors=True, console=ConsoleSettings(port=0, metrics_port=0))) as address:
        assert "@jane" in get(address).text
        text = get(address, shared(address)).text
    assert "3 Suisses" in text
    assert "<form" not in text
    assert "jane" not in text
    assert "twitter.example" not in text


def test_a_link_that_was_changed_revoked_or_has_ended_shows_nothing(address: str, feed: LocalFeed) -> None:
    link = shared(address)
    assert get(address, link).status_code == 200
    for place in (len("/shared/") + 3, len(link) - 5):
        changed = link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :]
        assert get(address, changed).status_code == 404
    share = get(address).text.split('name="of" value="')[1].split('"')[0]
    assert send(address, {"kind": "undo", "of": share, "id": "undo-0001", "seen": "1"}).status_code == 303
    assert get(address, link).status_code == 404
    with console(LocalFeed(records(SHOWN, action(SHOWN, 1, "share", link="old", until=at(1))))) as other:
        assert "/shared/" not in get(other).text


def test_a_link_gives_no_way_to_other_pages_or_actions(address: str) -> None:
    link = shared(address)
    assert requests.post(address + link, {"kind": "note"}, headers=SAME, timeout=10).status_code == 405
    assert 'href="/"' not in get(address, link).text


def behind_proxy(**values: Any) -> Config:
    settings = ConsoleSettings(
        port=0, metrics_port=0, auth="proxy", responders="cell", hosts="console.example", **values
    )
    return Config(console=settings)


def test_behind_a_proxy_its_header_says_who_acts_and_who_only_reads(feed: LocalFeed) -> None:
    with console(feed, behind_proxy()) as address:
        assert get(address).status_code == 401
        marc = {"X-Forwarded-User": "marc", "X-Forwarded-Groups": "guests"}
        assert "<form" not in get(address, **marc).text
        assert send(address, {"kind": "acknowledge"}, **marc).status_code == 403
        anne = {"X-Forwarded-User": "anne@x", "X-Forwarded-Groups": "guests, cell", "Host": "console.example"}
        assert send(address, {"kind": "acknowledge"}, **anne).status_code == 303
        assert 'somebody has it</strong> <span class="clock">anne@x' in get(address, **anne).text


def test_headers_from_outside_the_proxys_networks_are_not_believed(feed: LocalFeed) -> None:
    with console(feed, behind_proxy(proxy_networks="10.0.0.0/8")) as address:
        assert get(address, **{"X-Forwarded-User": "anne"}).status_code == 401


def test_the_stream_carries_the_parts_that_changed(address: str) -> None:
    where = INCIDENT.replace("/incident/", "/stream/")
    with requests.get(address + where, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["X-Accel-Buffering"] == "no"
        lines = answer.iter_lines()
        first = json.loads(next(line for line in lines if line.startswith(b"data: "))[6:])
        assert {part[0] for part in first["parts"]} >= {"due", "log", "much"}
        send(address, {"kind": "note", "text": "one"})
        then = json.loads(next(line for line in lines if line.startswith(b"data: "))[6:])
    assert [part[0] for part in then["parts"]] == ["log"]
    assert then["version"] == 1


def test_an_unknown_incident_is_said_to_be_unknown(address: str) -> None:
    assert get(address, "/incident/Nobody/2012-01-01T00:00:00Z").status_code == 404


def test_a_record_of_another_version_is_counted_and_said(feed: LocalFeed) -> None:
    with console(LocalFeed([*records(SHOWN), Record("desk", b"", b'{"v":2}')])) as address:
        assert "1 records of another version" in get(address).text


def test_the_whole_log_is_on_a_page_of_its_own_where_it_is_long(feed: LocalFeed) -> None:
    notes = [action(SHOWN, number, "note", text=f"number {number}.") for number in range(100)]
    with console(LocalFeed(records(SHOWN, *notes))) as address:
        text = get(address).text
        assert text.count("noted: number") < 100
        assert "The whole log (102)" in text
        whole = get(address, INCIDENT.replace("/incident/", "/log/")).text
        assert all(whole.count(f"noted: number {number}.") == 1 for number in range(100))
        assert len(text) < 50_000
