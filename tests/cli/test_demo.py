"""`badbuzz demo`, as a person runs it."""

from pathlib import Path

from tests.helpers.terminal import badbuzz


def test_the_demo_shows_each_severity_its_lead_and_draws_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    done = badbuzz("demo", "--seconds", "0", "--picture", str(picture), env={"COLUMNS": "200"})
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "first watch: Mon 2012-06-11" in shown
    assert "UTC" not in shown
    assert "21 h 28 min before the company's public answer" in shown
    assert "the company's public answer: about Tue 2012-06-12 15:00 CEST" in shown
    assert "first alert 21 h 28 min before the public answer" in picture.read_text(encoding="utf-8")
