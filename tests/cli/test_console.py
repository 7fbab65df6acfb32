"""`badbuzz console`: tokens for people, and one line where it cannot start."""

from pathlib import Path

from click.testing import CliRunner

from streams.cli.main import main
from streams.console.access.tokens import TokenFile


def run(*args: str, **environment: str) -> tuple[int, str, str]:
    known = {"BADBUZZ_CONSOLE_PORT": "0", "BADBUZZ_CONSOLE_METRICS_PORT": "0"}
    done = CliRunner().invoke(main, ["console", *args], env=known | environment)
    return done.exit_code, done.stdout, done.stderr


def test_a_new_token_is_printed_with_the_line_that_admits_its_holder(tmp_path: Path) -> None:
    status, out, _ = run("--new-token", "Anne Dupont", "--reader")
    token, line = (each.split(":", 1)[1].strip() for each in out.splitlines())
    (tmp_path / "tokens").write_text(line, encoding="utf-8")
    assert status == 0
    assert TokenFile(tmp_path / "tokens").holder("Anne Dupont", token) == ("Anne Dupont", False)
    assert TokenFile(tmp_path / "tokens").holder("Anne Dupont", token + "x") is None


def test_an_open_address_without_a_login_is_refused_in_one_line() -> None:
    status, _, error = run(BADBUZZ_CONSOLE_HOST="0.0.0.0")  # noqa: S104
    assert status == 2
    assert "`console.auth`: expected proxy or tokens" in " ".join(error.split())


def test_a_record_that_is_not_there_ends_the_console_in_one_line(tmp_path: Path) -> None:
    status, _, error = run("--replay", str(tmp_path / "none.jsonl"))
    assert status == 2
    assert "expected a readable mention file" in " ".join(error.split())
