"""The page in a real Chromium: what people see, on a phone and a wide screen, by day and by night, with and without
scripts."""

import contextlib
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from streams.console.local_feed import LocalFeed
from streams.console.state import Record
from streams.console.views.overview import path
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.axe import violations
from tests.helpers.consoles import Viewer, console
from tests.helpers.situations import HOSTILE, action, at, network, post, records, situation, statement

SHOWN = situation()
OTHER = situation("Orange", severity="warning", warned_at=at(3), deadlines=[], statements=[])
INCIDENT = path(SHOWN.incident)
View = Callable[..., Viewer]


def busy() -> LocalFeed:
    done = [
        action(SHOWN, 1, "role", role="lead", person="Anne"),
        action(SHOWN, 2, "note", "Marc", text="IT says: the code was never valid"),
        action(SHOWN, 3, "undo", of="action-0002"),
        action(SHOWN, 4, "promise", text="an answer in the newsletter", due=at(-20)),
        action(SHOWN, 5, "share", link="link1", until=at(-600)),
        action(SHOWN, 6, "mute", why="the cell is at work", until=at(-60)),
    ]
    return LocalFeed([*records(SHOWN, *done), *records(OTHER)])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with console(busy()) as where:
        yield where


@contextlib.contextmanager
def own(*shown: Record) -> Iterator[tuple[str, LocalFeed]]:
    feed = LocalFeed(shown or records(SHOWN))
    with console(feed) as where:
        yield where, feed


def part(page: Page, name: str) -> Any:
    return page.locator(f"#p-{name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_needs_no_sideways_scrolling(
    address: str, view: View, width: int, scheme: str
) -> None:
    viewer = view(address, viewport={"width": width, "height": 844}, color_scheme=scheme)
    for where in ("/", INCIDENT):
        page = viewer.live(where)
        assert violations(viewer) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_worst_brand_is_first_and_its_page_begins_with_what_is_due(address: str, view: View) -> None:
    page = view(address).live("/")
    assert page.locator(".brands h2").all_inner_texts() == ["CRITICAL 3 Suisses", "WARNING Orange"]
    page.get_by_role("link", name="3 Suisses").click()
    assert page.locator("main h2").first.inner_text() == "What is due"
    first = page.locator(".steps li").first
    assert "OVERDUE" in first.inner_text()
    assert "min ago" in first.inner_text()


def test_a_page_weighs_at_most_60_kb_with_its_script_and_style(address: str, view: View) -> None:
    viewer = view(address)
    sizes: list[int] = []
    viewer.page.on("response", lambda answer: sizes.append(len(answer.body())) if "stream" not in answer.url else None)
    viewer.live(INCIDENT)
    assert len(sizes) == 3
    assert sum(sizes) <= 60_000


def test_a_click_by_one_person_is_seen_by_another(view: View) -> None:
    with own() as (address, _):
        anne, marc = view(address), view(address)
        anne.open("/")
        anne.page.get_by_label("Your name in the log").fill("Anne")
        anne.page.get_by_role("button", name="Use this name").click()
        anne.live(INCIDENT)
        page = marc.live(INCIDENT)
        anne.page.get_by_role("button", name="I have it").click()
        expect(part(page, "due")).to_contain_text("somebody has it Anne")
        expect(part(page, "log")).to_contain_text("Anne has it")


def test_typed_text_and_focus_survive_what_arrives(view: View) -> None:
    with own() as (address, feed):
        page = view(address).live(INCIDENT)
        page.get_by_label("Write in the log").fill("half a sent")
        feed.deliver([Record("desk", b"", action(SHOWN, 9, "note", text="news").to_json())])
        expect(part(page, "log")).to_contain_text("news")
        page.keyboard.type("ence")
        expect(page.get_by_label("Write in the log")).to_have_value("half a sentence")
        button = page.get_by_role("button", name="Held")
        button.focus()
        feed.deliver([Record("desk", b"", action(SHOWN, 10, "role", role="lead", person="Eve").to_json())])
        feed.deliver([Record("desk", b"", action(SHOWN, 11, "promise", text="more", due=at(-30)).to_json())])
        expect(part(page, "due")).to_contain_text("promised: more")
        assert page.evaluate("document.activeElement.closest('#p-due') !== null")


def test_a_second_click_on_what_somebody_did_meanwhile_is_refused_with_who_it_was(view: View) -> None:
    with own() as (address, feed):
        viewer = view(address, java_script_enabled=False)
        page = viewer.open(INCIDENT)
        feed.deliver([Record("desk", b"", action(SHOWN, 9, "acknowledge", "Marc").to_json())])
        page.get_by_role("button", name="I have it").click()
        assert "Marc was first" in page.get_by_role("alert").inner_text()
        viewer.complaints.clear()  # the browser reports the status 409
        page.get_by_role("link", name="Back to the incident").click()
        assert "somebody has it Marc" in part(page, "due").inner_text()


def test_everything_can_be_read_and_done_without_scripts(view: View) -> None:
    with own() as (address, _):
        page = view(address, java_script_enabled=False).open(INCIDENT)
        page.get_by_role("button", name="I have it").click()
        assert "somebody has it" in part(page, "due").locator(".done").first.inner_text()
        page.get_by_label("What we sent").fill("We know, and say more by four.")
        page.get_by_role("button", name="Sent", exact=True).click()
        page.get_by_label("What we promised").fill("an answer")
        page.get_by_role("button", name="Promised").click()
        page.get_by_role("button", name="Kept").click()
        page.get_by_role("button", name="Undo").first.click()
        log = part(page, "log").inner_text()
        assert "sent: We know, and say more by four." in log
        assert "took back: kept a promise" in log


def test_hostile_texts_are_shown_and_do_nothing(view: View) -> None:
    evil = [post(1, text=HOSTILE, author=HOSTILE, network=HOSTILE, url="javascript:document.title='owned'")]
    shown = situation(
        HOSTILE[:60],
        incident="evil/1",
        posts=evil,
        networks=[network(HOSTILE, 1.0, 5)],
        statements=[statement(text=HOSTILE, network=HOSTILE)],
        terms=[],
    )
    done = [
        action(shown, 1, "note", HOSTILE[:80], text=HOSTILE),
        action(shown, 2, "role", role="lead", person=HOSTILE[:80]),
        action(shown, 3, "statement", text=HOSTILE, url="https://evil.example/\"onclick='x'"),
    ]
    with own(*records(shown, *done)) as (address, feed):
        page = view(address).live(path("evil/1"))
        feed.deliver([Record("desk", b"", action(shown, 4, "note", text=HOSTILE).to_json())])
        expect(part(page, "log").locator("li")).to_have_count(6)
        assert "owned" not in page.title().split("<script>")[0]
        assert page.evaluate("document.querySelectorAll('main script, main img, [onerror], [onclick]').length") == 0
        assert page.evaluate("[...document.links].every((a) => /^https?:$/.test(a.protocol))")
        assert "{{7*7}}" not in page.content() or "49" not in part(page, "log").inner_text()
        page.goto(address)
        assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0


def test_a_console_that_is_gone_is_told_and_comes_back_with_the_whole_log(view: View) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        config = Config(console=ConsoleSettings(port=probe.getsockname()[1], metrics_port=0))
    history = [*records(SHOWN), Record("desk", b"", action(SHOWN, 1, "note", text="before").to_json())]
    with console(LocalFeed(history), config) as address:
        viewer = view(address)
        page = viewer.live(INCIDENT)
    expect(page.locator("#link")).to_contain_text("not live since")
    page.get_by_label("Write in the log").fill("written meanwhile")
    page.get_by_role("button", name="Note", exact=True).click()
    expect(page.locator("#link")).to_contain_text("not saved yet")
    with console(LocalFeed(history), config):
        expect(page.locator("#link")).to_have_text("live", timeout=10_000)
        expect(part(page, "log")).to_contain_text("written meanwhile")
        assert "before" in part(page, "log").inner_text()
        assert part(page, "log").inner_text().count("written meanwhile") == 1
        viewer.complaints.clear()  # the browser reports each refused connection


def test_what_does_not_come_any_more_is_said_at_the_top(view: View) -> None:
    old = situation(at=at(9), minute=at(10))
    with own(*records(old)) as (address, _):
        page = view(address).live(path(old.incident))
        assert "Nothing new since" in part(page, "health").inner_text()
        assert part(page, "health").get_by_role("alert").is_visible()


def test_an_incident_prints_on_one_page(address: str, view: View) -> None:
    viewer = view(address)
    viewer.live(INCIDENT)
    assert len(re.findall(rb"/Type /Page\b", viewer.page.pdf(format="A4"))) == 1


def test_another_site_cannot_frame_the_console(address: str, view: View) -> None:
    with own() as (other, _):
        viewer = view(other)
        page = viewer.open("/")
        page.route(
            "**/frame",
            lambda route: route.fulfill(body=f"<iframe src='{address}/'></iframe>", content_type="text/html"),
        )
        page.goto(f"{other}/frame")
        assert page.frames[1].url == "chrome-error://chromewebdata/"
        viewer.complaints.clear()
