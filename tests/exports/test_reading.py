"""How a file is read: encodings, delimiters, the header wherever it stands, and rows that are none."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import InputError
from streams.mentions.mention import MAX_TEXT, decode
from tests.exports.files import BRANDWATCH, BRANDWATCH_PREAMBLE, MELTWATER_NEW, export, imported

HEADER = ["created_at", "brand", "network", "author", "text"]


def row(text: str, minute: int = 0, **fields: object) -> dict[str, object]:
    return {"created_at": f"2026-11-25T15:{minute:02}:00Z", "brand": "Acme", "network": "x", "text": text} | fields


def texts(data: bytes) -> list[object]:
    return [mention.text for mention in map(decode, imported(data).lines) if mention.kind != "heartbeat"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_told_by_looking(encoding: str, delimiter: str) -> None:
    data = export(HEADER, row("déçu, très; “déçu”\td'un | mot"), encoding=encoding, delimiter=delimiter)
    assert texts(data) == ["déçu, très; “déçu”\td'un | mot"]


def test_a_damaged_byte_costs_one_character_and_not_every_accent_of_the_file() -> None:
    data = export(HEADER, row("déçu"), row("très déçu", 1)).replace("très".encode(), b"tr\xe8s")
    assert texts(data) == ["déçu", "tr\ufffds déçu"]


@pytest.mark.parametrize("lines", [0, 6, 19])
def test_the_header_may_stand_in_any_of_the_first_20_lines(lines: int) -> None:
    data = export(BRANDWATCH, {"Query Name": "Acme", "Date": "2026-11-25 15:00:00", "Page Type": "blog"})
    assert imported(b"Report:,x\n" * lines + data).report.mentions == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Report:,x\n" * 20 + export(BRANDWATCH, {}), r"expected a header of Brandwatch, .* first 20 lines"),
        (b"2026-11-25 15:04,Acme,it broke\n", r"got '2026-11-25 15:04, Acme, it broke'; name its columns with --map"),
        (b"", r"got 'nothing'"),
        (b"PK\x03\x04 and more", r"expected a CSV file, got an Excel workbook"),
        (gzip.compress(b"a", mtime=0), r"expected a header"),
        (export(HEADER), r"got none: no row"),
        (export(HEADER, row("a", created_at="soon")), r"got none: 1 whose time cannot be read \(line 2: 'soon'\)"),
    ],
)
def test_a_file_in_which_nothing_can_be_read_is_one_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        imported(data)


def test_each_row_that_is_no_mention_is_said_with_its_line_and_the_others_are_read() -> None:
    data = export(
        HEADER,
        row("two\nlines\nmore"),
        row("a", created_at="25th"),
        row("a", created_at="2026-11-25"),
        row("a", created_at="2031-01-01T00:00:00Z"),
        row("a", created_at="1980-01-01T00:00:00Z"),
        row("a", brand=""),
        row("good", 1),
    )
    data += b"2026-11-25T15:02:00Z,Acme\n"
    report = imported(data).report
    assert (report.rows, report.mentions) == (8, 2)
    assert report.refused == {"time": [5], "date": [6], "future": [7], "past": [8], "brand": [9], "fields": [11]}
    said = "\n".join(report.lines())
    assert "1 with a date and no time of day: a whole day would fall into one minute (line 6: '2026-11-25')" in said
    assert "8 rows, 2 mentions" in said
    assert "Acme on x: 2" in said


def test_a_quotation_mark_that_is_not_closed_is_said_with_what_it_swallows() -> None:
    lines = export(HEADER, row("first"), *(row(f"text {n}", n) for n in range(1, 50))).splitlines(keepends=True)
    lines[10] = lines[10].replace(b",,text", b',"text')
    report = imported(b"".join(lines)).report
    assert report.mentions == 9
    assert "line 11: '4 of 5, over 41 lines; is a quotation mark not closed?'" in "\n".join(report.lines())


def test_a_huge_field_is_read_and_its_text_cut_as_a_mentions_is() -> None:
    assert texts(export(HEADER, row("word " * 1_000_000), row("small", 1))) == [("word " * 4000)[:MAX_TEXT], "small"]


def test_mentions_come_in_order_of_event_time_and_a_heartbeat_closes_each_brand_and_network() -> None:
    data = export(HEADER, row("c", 9), row("b", 5, network="reddit"), row("a", 1))
    read = [decode(line) for line in imported(data).lines]
    assert [mention.text for mention in read[:3]] == ["a", "b", "c"]
    assert {(beat.kind, beat.brand, beat.network) for beat in read[3:]} == {
        ("heartbeat", "Acme", "reddit"),
        ("heartbeat", "Acme", "x"),
    }
    assert {beat.created_at.minute for beat in read[3:]} == {11}


def test_a_single_row_may_have_no_text_and_the_report_says_how_many_have_none() -> None:
    header = MELTWATER_NEW
    data = export(header, {"Date": "25-Nov-2026", "Time": "3:00 PM", "Input Name": "Acme", "Source Type": "X"})
    report = imported(data).report
    assert report.textless == 1
    assert "1 mentions have no text" in "\n".join(report.lines())


characters = st.characters(codec="utf-8", exclude_characters="\0")
written = st.lists(
    st.tuples(st.text(characters, max_size=60), st.text(characters, max_size=20), st.integers(0, 59)),
    min_size=1,
    max_size=8,
)


@given(written, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.sampled_from(",;\t|"), st.booleans())
@settings(deadline=None)
def test_whatever_was_written_comes_back(
    rows: list[tuple[str, str, int]], encoding: str, delimiter: str, preamble: bool
) -> None:
    data = export(
        HEADER,
        *(row(text, minute, author=author) for text, author, minute in rows),
        encoding=encoding,
        delimiter=delimiter,
        preamble=BRANDWATCH_PREAMBLE if preamble else "",
    )
    result = imported(data)
    read = [decode(line) for line in result.lines if b'"heartbeat"' not in line]
    assert not result.report.refused
    assert [mention.created_at.minute for mention in read] == sorted(minute for *_, minute in rows)
    expected = sorted(_as_a_mention(text) for text, *_ in rows)
    assert sorted(str(mention.text) for mention in read) == expected


def _as_a_mention(text: str) -> str:
    """A text as a mention's decoding cleans it, without the space around it."""
    return "".join(
        c for c in text.strip() if c in "\t\n" or c.isprintable() or not ("\0" <= c < " " or "\x7f" <= c <= "\x9f")
    )


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_file_ends_in_anything_but_mentions_or_an_error_of_input(noise: bytes) -> None:
    for data in (noise, export(HEADER, row("good")) + noise, BRANDWATCH_PREAMBLE.encode() + noise):
        try:
            lines = imported(data).lines
        except InputError:
            continue
        assert all(decode(line) for line in lines)
