"""`badbuzz backtest`, as a person runs it."""

import json
from pathlib import Path

from tests.helpers.records import crisis
from tests.helpers.terminal import badbuzz


def write_truth(folder: Path, file: str) -> str:
    """A truth table that documents the record's crisis."""
    path = folder / "truth.csv"
    path.write_text(
        f"file,brand,name,class,onset,end\n{file},Acme,prices,crisis,2024-03-09T09:00:00Z,2024-03-09T18:00:00Z\n",
        encoding="utf-8",
    )
    return str(path)


def test_it_reports_found_incidents_their_delay_and_false_pages(tmp_path: Path, record: str) -> None:
    truth = write_truth(tmp_path, "crisis")
    result = json.loads(badbuzz("backtest", record, "--truth", truth, "--json").stdout)
    [found] = result["found"]
    assert (found["name"], found["kind"]) == ("prices", "crisis")
    assert 0 <= found["warning"] <= 30
    assert result["false_pages"] == {}
    assert result["brand_weeks"] > 2
    assert "prices" in badbuzz("backtest", record, "--truth", truth).stdout.decode()


def test_it_reads_standard_input_and_only_the_selected_brands(tmp_path: Path) -> None:
    truth = write_truth(tmp_path, "stdin")
    lines = b"\n".join(crisis())
    done = badbuzz("backtest", "-", "--truth", truth, "--json", stdin=lines)
    assert json.loads(done.stdout)["found"][0]["warning"] is not None
    other = badbuzz("backtest", "-", "--truth", truth, "--json", "--brand", "Other", stdin=lines)
    assert json.loads(other.stdout)["found"] == []


def test_a_truth_table_may_name_the_file_with_its_suffix_and_one_of_another_file_is_refused(
    tmp_path: Path, record: str
) -> None:
    done = badbuzz("backtest", record, "--truth", write_truth(tmp_path, "crisis.jsonl.gz"), "--json")
    assert [found["name"] for found in json.loads(done.stdout)["found"]] == ["prices"]
    other = badbuzz("backtest", record, "--truth", write_truth(tmp_path, "spring"), "--json")
    assert other.returncode == 2
    assert "'prices' is of the file 'spring', which was not replayed, but crisis" in other.stderr.decode()
