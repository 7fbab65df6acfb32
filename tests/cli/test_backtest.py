"""`badbuzz backtest`, as a person runs it."""

import json
from pathlib import Path
from typing import Any

from tests.helpers.desk_actions import action
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


def test_what_people_called_a_false_alarm_counts_as_a_false_page_and_a_closed_incident_as_found(
    tmp_path: Path, record: str
) -> None:
    def judged(kind: str) -> dict[str, Any]:
        log = tmp_path / f"{kind}.jsonl"
        log.write_bytes(action(kind, 8 * 60, why="seen from here").to_json() + b"\n")
        done = badbuzz("backtest", record, "--desk", str(log), "--json")
        assert done.stderr == b""
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    closed, false_alarm = judged("close"), judged("false_alarm")
    assert [(row["kind"], row["brand"]) for row in closed["found"]] == [("crisis", "Acme")]
    assert (closed["found"][0]["warning"] is not None, closed["false_warnings"]) == (True, 0)
    assert [row["kind"] for row in false_alarm["found"]] == ["false alarm"]
    assert false_alarm["false_warnings"] >= 1


def test_it_asks_for_what_is_known_of_the_record(record: str, tmp_path: Path) -> None:
    done = badbuzz("backtest", record)
    assert done.returncode == 2
    assert b"--truth CSV or --desk FILE" in b" ".join(done.stderr.split())
    (tmp_path / "log.jsonl").write_bytes(b"{}")
    refused = badbuzz("backtest", record, "--desk", str(tmp_path / "log.jsonl"))
    assert refused.returncode == 2
    assert b"line 1: expected a desk action" in b" ".join(refused.stderr.split())
