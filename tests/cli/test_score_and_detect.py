"""`badbuzz score` and `badbuzz detect`, as a person runs them."""

import json
from pathlib import Path

from tests.helpers.terminal import badbuzz, write_lines


def test_score_writes_each_object_with_its_negativity() -> None:
    done = badbuzz("score", stdin=b'{"n": 1.50, "text": "worst service ever"}\n{"text": "hm", "rating": 1}\nbroken\n')
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(first) == ["n", "text", "negativity"]
    assert b'"n":1.50' in done.stdout
    assert second["negativity"] < 0.5 < first["negativity"] <= 1
    assert b"1 lines are no objects" in done.stderr
    assert done.returncode == 0


def test_score_and_detect_read_gzipped_files(tmp_path: Path) -> None:
    texts = write_lines(tmp_path / "texts.jsonl.gz", [b'{"text": "worst service ever"}'])
    assert json.loads(badbuzz("score", texts, "--json").stdout)["negativity"] > 0.5
    rows = [b"timestamp,value", b"2024-03-01 00:00:00,5", b"2024-03-01 00:05:00,6"]
    counts = write_lines(tmp_path / "counts.csv.gz", rows)
    assert len(badbuzz("detect", counts).stdout.splitlines()) == 3
    nameless = Path(counts).rename(tmp_path / "counts")
    assert len(badbuzz("detect", str(nameless)).stdout.splitlines()) == 3


def test_a_mark_of_byte_order_is_no_part_of_a_file_of_counts(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes(b"\xef\xbb\xbftimestamp,value\n2024-03-01 00:00:00,5\n")
    done = badbuzz("detect", str(path))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
