"""Times of an export: the forms they are written in, and the hours that a zone's clocks repeat or skip."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import InputError
from streams.exports.local_clock import resolve
from streams.exports.times import read_time
from streams.mentions.mention import decode
from tests.exports.files import PARIS, export, imported

HEADER = ["created_at", "brand", "text"]


def minutes(data: bytes, zone: ZoneInfo = PARIS, date_format: str = "") -> list[str]:
    lines = imported(data, zone=zone, date_format=date_format).lines
    return [f"{m.created_at:%m-%d %H:%M}" for m in map(decode, lines) if m.kind != "heartbeat"]


def rows(*times: str) -> bytes:
    return export(HEADER, *({"created_at": time, "brand": "Acme", "text": f"at {n}"} for n, time in enumerate(times)))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 15:04:00.0",
        "2026-11-25T15:04",
        "2026/11/25 15:04:00",
        "25-Nov-2026 03:04PM",
        "25 November 2026, 15:04",
        "Nov 25, 2026 3:04 p.m.",
        "25/11/2026 15:04",
        "25.11.2026 15:04:00",
        "11/25/2026 3:04 pm",
        "2026-11-25T15:04:00+01:00",
        "2026-11-25 14:04:00 UTC",
        "2026-11-25T14:04:00Z",
        "1795615440",
        "1795615440000",
    ],
)
def test_a_time_is_read_in_the_forms_that_tools_write(text: str) -> None:
    assert minutes(rows(text)) == ["11-25 14:04"]


@pytest.mark.parametrize(
    "text", ["", "soon", "25/11/2026", "2026-13-01 10:00", "2026-11-25 25:00", "13:00 pm", "10:00", "99999999999999999"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(time|date)$"):
        read_time(text)


def test_the_order_of_day_and_month_is_told_by_the_row_that_shows_it() -> None:
    assert minutes(rows("11/05/2026 10:00", "11/25/2026 10:00")) == ["11-05 09:00", "11-25 09:00"]
    assert minutes(rows("05/11/2026 10:00", "25/11/2026 10:00")) == ["11-05 09:00", "11-25 09:00"]


def test_an_order_that_no_row_shows_is_asked_for() -> None:
    with pytest.raises(InputError, match=r"got '05/11/2026 10:00'; say it with --date-format"):
        imported(rows("05/11/2026 10:00", "06/11/2026 10:00"))
    assert minutes(rows("05/11/2026 10:00"), date_format="%d/%m/%Y %H:%M") == ["11-05 09:00"]
    assert minutes(rows("05/11/2026 10:00"), date_format="%m/%d/%Y %H:%M") == ["05-11 08:00"]


PUT_BACK = ["2026-10-25 01:50", "2026-10-25 02:10", "2026-10-25 02:50", "2026-10-25 02:05", "2026-10-25 02:55"]
PUT_BACK_UTC = ["10-24 23:50", "10-25 00:10", "10-25 00:50", "10-25 01:05", "10-25 01:55"]


def test_the_hour_that_occurs_twice_is_told_apart_by_the_order_of_rows() -> None:
    oldest_first = [*PUT_BACK, "2026-10-25 03:10"]
    for times in (oldest_first, oldest_first[::-1]):
        result = imported(rows(*times))
        assert minutes(rows(*times)) == [*PUT_BACK_UTC, "10-25 02:10"]
        assert result.report.notes == ["4 rows are in an hour that the clocks repeat: told apart by the order of rows"]


def test_where_the_order_of_rows_does_not_tell_the_hour_that_occurs_twice_is_its_first_run_and_that_is_said() -> None:
    times = [PUT_BACK[i] for i in (3, 0, 4)] + ["2026-10-25 12:00", "2026-10-24 12:00", "2026-10-25 13:00"]
    assert "10-25 00:55" in minutes(rows(*times))
    assert imported(rows(*times)).report.notes[0].endswith("the order of rows does not tell which: its first run")


def test_a_time_that_the_clocks_skip_is_refused_with_its_line() -> None:
    report = imported(rows("2026-03-29 01:59", "2026-03-29 02:30", "2026-03-29 03:00")).report
    assert report.refused == {"skipped": [3]}
    assert "line 3: '2026-03-29 02:30:00'" in "\n".join(report.lines())


@pytest.mark.parametrize(
    "rows_of", [["2026-10-25 02:30"], ["2026-10-25 02:50", "2026-10-25 02:20", "2026-10-25 02:40"]]
)
def test_rows_of_the_repeated_hour_alone_are_its_first_run(rows_of: list[str]) -> None:
    assert minutes(rows(*rows_of)) == sorted(f"10-25 00:{time[-2:]}" for time in rows_of)


@settings(deadline=None)
@pytest.mark.parametrize(
    ("zone", "put_back"),
    [
        ("Europe/Paris", "2026-10-25T01:00"),
        ("America/New_York", "2026-11-01T06:00"),
        ("Australia/Lord_Howe", "2026-04-04T15:00"),
        ("Europe/Paris", "2026-03-29T01:00"),
        ("Asia/Kolkata", "2026-10-25T01:00"),
    ],
)
@given(
    before=st.integers(0, 12 * 3600),
    gaps=st.lists(st.integers(60, 1500), min_size=20, max_size=200),
    newest_first=st.booleans(),
)
def test_a_sorted_export_without_long_silences_comes_back_to_the_second(
    zone: str, put_back: str, before: int, gaps: list[int], newest_first: bool
) -> None:
    at = datetime.fromisoformat(put_back).replace(tzinfo=UTC) - timedelta(seconds=before)
    true = [at := at + timedelta(seconds=gap) for gap in gaps]
    if newest_first:
        true.reverse()
    local = [time.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for time in true]
    resolved = resolve(local, ZoneInfo(zone))
    assert not resolved.skipped
    # Where the rows do not step back over the change, nothing shows which of the two hours they are in.
    if resolved.repeated and local == sorted(local, reverse=newest_first):
        return
    assert resolved.times == true
