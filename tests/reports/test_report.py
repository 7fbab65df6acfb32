"""What somebody who reads a report can rely on: whole, the same from any source, and honest of what is not known."""

import re
from html.parser import HTMLParser

import msgspec
import pytest
from msgspec.structs import replace

from streams.reports.builder import build_report, file_stem
from streams.reports.history import History, histories
from streams.reports.html import to_html
from streams.reports.markdown import to_markdown
from streams.reports.report import Report, Section
from streams.settings.config import Config
from streams.wording.report_english import PHRASES as ENGLISH
from streams.wording.report_french import PHRASES as FRENCH
from tests.helpers.report_histories import GOLDEN, INCIDENT, PARIS, action, actions, history, recorded
from tests.helpers.situations import HOSTILE

FRANCE = Config(timezone="Europe/Paris", language="fr")


def section(report: Report, name: str) -> Section:
    (found,) = (each for each in report.sections if each.name == name)
    return found


def items(found: History, name: str) -> str:
    return "\n".join(section(build_report(found, PARIS), name).items)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trois_suisses_2012.md", to_markdown(build_report(history(*actions()), PARIS))),
        ("trois_suisses_2012.fr.md", to_markdown(build_report(history(*actions()), FRANCE))),
        ("trois_suisses_2012.html", to_html(build_report(history(*actions()), PARIS))),
    ],
)
def test_the_report_of_the_documented_incident_is_the_golden_file(name: str, text: str) -> None:
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_events_in_any_order_and_twice_give_the_same_report() -> None:
    events, situations = recorded()
    (found,) = histories([*reversed(events), *events], [*actions(), *actions()], situations)
    assert build_report(found, PARIS) == build_report(history(*actions()), PARIS)


def test_the_timeline_has_local_time_utc_and_the_time_since_the_beginning() -> None:
    rows = section(build_report(history(*actions()), PARIS), "timeline").rows
    first, acknowledged = rows[0].cells, next(row.cells for row in rows if row.cells[3] == "Anne")
    assert first[:3] == ("Mon 2012-06-11 17:30 CEST", "2012-06-11 15:30", "+0:00")
    assert acknowledged == ("Tue 2012-06-12 02:10 CEST", "2012-06-12 00:10", "+8:40", "Anne", "has it")
    assert [row.cells[1] for row in rows] == sorted(row.cells[1] for row in rows)


def test_what_was_undone_is_not_in_the_report() -> None:
    text = to_markdown(build_report(history(*actions()), PARIS))
    assert "duty engineer" in text
    assert "wrong log" not in text


def test_a_promise_kept_late_is_told_as_late_and_one_of_which_nobody_spoke_as_open() -> None:
    assert "Kept late" in items(history(*actions()), "promises")
    assert "Nobody said that it was kept" in items(history(*actions()[:5]), "promises")


def test_each_statement_has_its_effect_with_the_interval() -> None:
    cells = [row.cells for row in section(build_report(history(), PARIS), "statements").rows]
    assert [line[5] for line in cells if "toutes nos excuses" in line[3]] == [
        "it got worse: +27 points more negatives [+22, +33], 120 min after"
    ]


def test_each_of_the_five_ps_is_said_or_not() -> None:
    rows = [row.cells for row in section(build_report(history(), PARIS), "five_ps").rows]
    assert [(name, said != "not said") for name, said in rows] == [
        ("apologise", True),
        ("counter, with proof", False),
        ("admit", False),
        ("repair", False),
        ("compensate", True),
    ]


def test_without_its_picture_a_report_says_what_it_does_not_know() -> None:
    report = build_report(history(pictured=False), PARIS)
    assert {row.cells[1] for row in section(report, "five_ps").rows} == {"not known"}
    assert ENGLISH["report_unknown_picture"] in section(report, "unknown").items
    assert ENGLISH["report_unknown_picture"] not in section(build_report(history(), PARIS), "unknown").items


def test_a_network_where_the_brand_had_not_spoken_for_a_month_is_told_apart() -> None:
    found = history(*actions())
    begin = found.case_begin
    assert begin is not None
    said = [replace(each, values={"absent": "forum"}) if each is begin else each for each in found.signals]
    rows = section(build_report(found._replace(signals=said), PARIS), "networks").rows
    assert {row.cells[0]: row.cells[2] for row in rows if row.cells[0] in {"forum", "blog"}} == {
        "forum": "no, nor in the 30 days before",
        "blog": "no",
    }


def test_the_questions_follow_from_what_happened() -> None:
    asked = items(history(), "questions")
    assert "Who should have had it?" in asked
    assert "Why did 12 min pass until somebody had it?" in items(history(*actions()), "questions")
    assert "What kept the first word back for 13 h 02 min?" in asked
    assert "What kept the first word back for 6 h 22 min?" in items(history(*actions()), "questions")
    assert "false alarm" not in asked
    alarm = action(1, "false_alarm", "2012-06-12T06:00:00Z", why="a joke")
    assert "false alarm" in items(history(alarm), "questions")


def test_an_incident_that_opens_within_the_case_of_another_is_reported_with_it() -> None:
    events, situations = recorded()
    opened = history().events[1]
    later = msgspec.structs.replace(
        opened, id="later", incident="3 Suisses/2012-06-12T20:00:00Z", at="2012-06-12T20:01:00Z"
    )
    (found,) = histories([*events, later], (), situations)
    assert found.incident == INCIDENT
    assert found.events[-1].id == "later"


def test_an_incident_that_is_over_has_its_end_and_its_length() -> None:
    found = history()
    calm = msgspec.structs.replace(
        found.events[-1], id="calm", at="2012-06-13T15:30:00Z", severity="calm", criteria=[], figures=""
    )
    closed = next(each for each in found.signals if each.signal == "case")
    closed = msgspec.structs.replace(closed, id="closed", at="2012-06-13T15:31:00Z", state="ends")
    over = found._replace(events=[*found.events, calm], signals=[*found.signals, closed])
    assert (
        "from Mon 2012-06-11 17:30 CEST to Wed 2012-06-13 17:31 CEST (48 h 01 min)"
        in build_report(over, PARIS).summary[0]
    )
    assert ENGLISH["report_unknown_end"] not in section(build_report(over, PARIS), "unknown").items


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


def hostile() -> History:
    found = history(action(1, "note", "2012-06-12T00:10:00Z", HOSTILE, text=f"| {HOSTILE} [x](javascript:x)\n# no"))
    events = [msgspec.structs.replace(each, brand=HOSTILE, figures=HOSTILE) for each in found.events]
    signals = [msgspec.structs.replace(each, why=HOSTILE) for each in found.signals]
    return found._replace(brand=HOSTILE, events=events, signals=signals)


def test_texts_of_others_are_inert_in_html() -> None:
    calm, attacked = _Tags(), _Tags()
    calm.feed(to_html(build_report(history(action(1, "note", "2012-06-12T00:10:00Z", text="x")), PARIS)))
    attacked.feed(to_html(build_report(hostile(), PARIS)))
    assert set(attacked.tags) == set(calm.tags)
    assert "script" not in attacked.tags


def test_texts_of_others_open_no_markup_in_markdown() -> None:
    text = to_markdown(build_report(hostile(), PARIS))
    plain = re.sub(r"\\.", "", text)
    assert not re.search(r"[<>\[\]`]", plain)
    assert all(line.count("|") == 6 for line in _table(plain, "## Timeline"))
    assert [line for line in text.splitlines() if line.startswith("# ")] == text.splitlines()[:1]


def _table(text: str, heading: str) -> list[str]:
    return [line for line in text.partition(heading)[2].partition("##")[0].splitlines() if line]


def test_a_page_needs_nothing_from_elsewhere_and_shows_its_picture() -> None:
    page = to_html(build_report(history(), PARIS), b"<svg/>")
    assert 'src="data:image/svg+xml;base64,PHN2Zy8+"' in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")


def test_a_report_of_an_exercise_says_so_above_everything() -> None:
    found = history()
    assert build_report(found, PARIS).banner == ""
    assert build_report(found._replace(brand="EXERCISE Acme"), PARIS).banner == ENGLISH["report_exercise"]
    assert build_report(found._replace(brand="EXERCISE Acme"), FRANCE).banner == FRENCH["report_exercise"]


def test_both_languages_have_the_same_phrases_with_the_same_values() -> None:
    def values(phrase: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", phrase))

    assert {name: values(phrase) for name, phrase in ENGLISH.items()} == {
        name: values(phrase) for name, phrase in FRENCH.items()
    }


def test_the_file_of_a_report_is_named_by_brand_and_time() -> None:
    assert file_stem(history()) == "3-suisses-20120611T153100Z"
