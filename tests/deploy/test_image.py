"""What runs without Kubernetes: the image and the systemd unit are hardened, and their commands exist."""

import fnmatch
import re
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from streams.cli.main import main
from streams.settings.config import OPTIONS
from streams.web import probe
from streams.web.server import Response, Server
from tests.helpers.paths import DEPLOY

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNIT = DEPLOY / "systemd" / "badbuzz-worker@.service"
KNOWN = {option.variable for option in OPTIONS}


def test_the_image_runs_as_a_number_on_a_pinned_base_and_listens_where_probes_reach_it() -> None:
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${BASE}"}
    assert "BADBUZZ_METRICS_HOST=0.0.0.0" in DOCKERFILE
    assert set(re.findall(r"BADBUZZ_[A-Z_]+", DOCKERFILE)) <= KNOWN


def test_what_the_image_copies_is_let_through_and_secrets_are_not() -> None:
    patterns = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in patterns if line.startswith("!")]
    assert "*" in patterns
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    ]
    assert sorted(copied) == sorted(allowed)
    for secret in ("badbuzz.toml", "pseudonyms.key", ".git", ".venv", "badbuzz-live.state"):
        assert not any(fnmatch.fnmatch(secret, pattern) for pattern in allowed)


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_the_health_check_of_the_image_goes_by_what_the_process_answers(status: int, expected: int) -> None:
    assert '["python", "-m", "streams.web.probe"' in DOCKERFILE
    server = Server(0, {"/healthz": lambda _: Response(status, "text/plain", b"")})
    try:
        assert probe.main([f"http://127.0.0.1:{server.port}/healthz", "http://127.0.0.1:1/healthz"]) == expected
    finally:
        server.close()


def test_the_unit_starts_a_command_that_exists_with_variables_that_do() -> None:
    text = UNIT.read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=\S+/badbuzz (\w+) --config", text, re.MULTILINE)
    assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0
    assert set(re.findall(r"^Environment=(BADBUZZ_[A-Z_]+)=", text, re.MULTILINE)) <= KNOWN


def test_the_unit_is_one_that_systemd_reads_and_finds_confined() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed: it reads deploy/systemd")
    read = subprocess.run([analyze, "verify", str(UNIT)], capture_output=True, text=True, check=False)
    complaints = [line for line in read.stderr.splitlines() if "badbuzz-worker" in line]
    assert all("is not executable" in line for line in complaints), complaints
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-200:]
