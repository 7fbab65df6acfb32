"""What a newcomer can rely on when looking around: small files, small folders, few modules at the top."""

from pathlib import Path

from tests.helpers.paths import ROOT

PACKAGES = ("streams", "detectors", "dashboards", "deploy", "tests")
MAX_LINES = 300
MAX_MODULES = 16


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_folder_has_more_modules_than_can_be_overlooked() -> None:
    count: dict[str, int] = {}
    for path in modules():
        if path.name != "__init__.py":
            folder = path.parent.relative_to(ROOT).as_posix()
            count[folder] = count.get(folder, 0) + 1
    assert {folder: number for folder, number in count.items() if number > MAX_MODULES} == {}


def test_at_most_four_modules_are_directly_in_streams() -> None:
    names = sorted(path.stem for path in (ROOT / "streams").glob("*.py") if path.name != "__init__.py")
    assert names == ["addresses", "errors", "event_time", "pipeline"]
