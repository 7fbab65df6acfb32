"""What a person who installs the servers for tests can rely on: the packages, or the command to run."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.paths import DEPLOY

SCRIPTS = {
    "install-chromium.sh": "chromium",
    "install-kafka.sh": "openjdk-17-jre-headless maven",
    "install-prometheus.sh": "prometheus prometheus-alertmanager",
}
pytestmark = pytest.mark.parametrize(("script", "packages"), SCRIPTS.items())


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The `PATH` of a machine with nothing but a shell and the usual small tools."""
    for tool in ("sh", "dirname", "grep", "sed", "mktemp", "rm", "tail", "ln"):
        found = shutil.which(tool)
        assert found
        (tmp_path / tool).symlink_to(found)
    return tmp_path


def put(folder: Path, name: str, lines: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def run(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    # The real apt-get would change this machine.
    return subprocess.run(
        [DEPLOY / "local" / script],
        env={"PATH": str(path), "TMPDIR": str(path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_without_apt_the_missing_packages_are_named(bare: Path, script: str, packages: str) -> None:
    done = run(script, bare)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{script}: this is no Debian: install them with your system's package manager\n")
    assert done.stderr.endswith(f" Missing here: {packages}\n")


def test_without_root_the_command_is_named(bare: Path, script: str, packages: str) -> None:
    put(bare, "id", "echo 1000")
    put(bare, "apt-get", "exit 1")
    done = run(script, bare)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{script}: not root: run 'sudo apt-get install {packages}', or this script as root\n"
    )


def test_root_gets_the_packages_without_a_word(bare: Path, script: str, packages: str) -> None:
    put(bare, "id", "echo 0")
    put(bare, "java-17", """echo 'openjdk version "17.0.1"'""")
    put(bare, "apt-get", f'echo "$@" >>{bare}/asked; [ "$1" = update ] || ln -s {bare}/java-17 {bare}/java')
    done = run(script, bare)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (bare / "asked").read_text(encoding="utf-8").splitlines() == [
        "update -qq",
        f"install -y -qq --no-install-recommends {packages}",
    ]


def test_the_output_of_a_failing_apt_is_shown(bare: Path, script: str, packages: str) -> None:
    put(bare, "id", "echo 0")
    put(bare, "apt-get", '[ "$1" = update ] || { echo "E: Unable to locate package"; exit 100; }')
    done = run(script, bare)
    assert done.returncode == 2
    assert done.stderr.startswith(f"E: Unable to locate package\n{script}: apt-get install failed\n")
    assert packages in done.stderr
    assert not list(bare.glob("tmp.*")), "its log is removed"
