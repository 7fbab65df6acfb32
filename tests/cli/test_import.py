"""`badbuzz import`, as a person runs it on a company's own export."""

import csv
import gzip
import io
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.helpers.records import crisis
from tests.helpers.terminal import badbuzz

PARIS = ZoneInfo("Europe/Paris")
STARS = {-1: 1, -0.5: 2, 1: 5}


@pytest.fixture(scope="module")
def brandwatch() -> bytes:
    """The record of a crisis as Brandwatch exports it: local times, newest first."""
    out = io.StringIO(newline="")
    out.write("Report:,Bulk\nBrand:,Acme\nFrom:,a\nTo:,b\nLabel:,c\n\n")
    writer = csv.writer(out)
    writer.writerow(["Query Name", "Date", "Page Type", "Author", "Full Text", "Resource Id", "Rating", "Sentiment"])
    for line in reversed(crisis()):
        m = json.loads(line)
        at = datetime.fromisoformat(m["created_at"]).astimezone(PARIS).replace(tzinfo=None)
        writer.writerow([m["brand"], at, m["network"], m["author"], m["text"], m["id"], STARS[m["rating"]], "positive"])
    return out.getvalue().encode()


def test_an_export_of_a_crisis_gives_the_incidents_that_its_record_gives(brandwatch: bytes, record: str) -> None:
    done = badbuzz("import", "-", "--timezone", "Europe/Paris", stdin=brandwatch)
    assert done.returncode == 0
    replayed = badbuzz("replay", "-", "--json", stdin=done.stdout)
    *events, summary = [json.loads(line) for line in replayed.stdout.splitlines()]
    *expected, _ = [json.loads(line) for line in badbuzz("replay", record, "--json").stdout.splitlines()]
    seen = [(event["at"], event["brand"], event["severity"]) for event in events]
    assert "critical" in {severity for *_, severity in seen}
    assert seen == [(event["at"], event["brand"], event["severity"]) for event in expected]
    assert (summary["mentions"], summary["dead_letters"]) == (len(crisis()), {})


def test_what_was_read_is_said_on_standard_error_and_mentions_alone_on_standard_output(brandwatch: bytes) -> None:
    damaged = brandwatch + b"Acme,soon,forum,jo,hm,1,,\n"
    done = badbuzz("import", "-", "--timezone", "Europe/Paris", "--brand", "Only", stdin=damaged)
    assert {json.loads(line)["brand"] for line in done.stdout.splitlines()} == {"Only"}
    said = done.stderr.decode()
    assert "Brandwatch, utf-8, commas, header in line 7" in said
    assert f"1 whose time cannot be read (line {len(crisis()) + 8}: 'soon')" in said


def test_authors_are_replaced_under_a_key_and_stay_without_one(brandwatch: bytes) -> None:
    def authors(key: str) -> set[str]:
        done = badbuzz("import", "-", "--network", "x", stdin=brandwatch, env={"BADBUZZ_SOURCE_PSEUDONYM_KEY": key})
        read = [json.loads(line) for line in done.stdout.splitlines()]
        return {mention["author"] for mention in read if mention["kind"] != "heartbeat"}

    plain, hashed = authors(""), authors("one")
    assert "author Acme 1" in plain
    assert len(hashed) == len(plain)
    assert all(len(author) == 24 and set(author) <= set("0123456789abcdef") for author in hashed)
    assert hashed == authors("one")
    assert not hashed & authors("two")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("no-such.csv",), "expected a readable file, got no-such.csv"),
        ((__file__,), "expected a header of Brandwatch"),
        ((__file__, "--timezone", "Mars"), "--timezone: expected an IANA name such as Europe/Paris, got 'Mars'"),
        ((__file__, "--map", "when=Date"), "--map: expected FIELD=COLUMN with a field of id, brand"),
        ((__file__, "--date-format", "%d/%m/%Y"), "--date-format: expected a form with date and time of day"),
        ((__file__, "--date-format", "%Q"), "--date-format: expected a form with date and time of day"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_status_2(args: tuple[str, ...], message: str) -> None:
    done = badbuzz("import", *args)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_a_packed_file_is_read_and_a_cut_one_is_a_clear_error(tmp_path: Path, brandwatch: bytes) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(brandwatch))
    assert badbuzz("import", str(path)).returncode == 0
    path.write_bytes(gzip.compress(brandwatch)[:-2000])
    done = badbuzz("import", str(path))
    assert done.returncode == 2
    assert b"expected a whole export" in done.stderr
