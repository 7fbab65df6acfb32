import doctest

import detectors
from tests.helpers.paths import ROOT

PAGE = ROOT / "docs" / "detectors.md"


def test_every_example_of_the_page_runs_as_it_stands() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0


def test_every_detector_of_the_page_is_public() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows
    assert {row.split("`")[1] for row in rows} <= set(detectors.__all__)
