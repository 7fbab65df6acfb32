"""The jars of the local Kafka broker: fetched by Maven once, then cached.

They are stored under ``${XDG_CACHE_HOME:-~/.cache}/badbuzz/kafka-<version>/``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from deploy.local.server import LocalServerError, tail

POM = Path(__file__).with_name("pom.xml")


def why_unavailable() -> str | None:
    """Return what the local broker lacks on this machine.

    Returns
    -------
    str or None
        One line with the remedy, or None where Java and, if the jars are not cached yet, Maven are installed.
    """
    missing = [name for name in ("java", *(() if _cached() else ("mvn",))) if shutil.which(name) is None]
    if not missing:
        return None
    return f"the local Kafka needs {' and '.join(missing)}: run deploy/local/install-kafka.sh as root"


def kafka_version() -> str:
    """Return the version of Apache Kafka that ``pom.xml`` names, such as ``4.1.1``."""
    version = ET.parse(POM).findtext(".//{*}kafka.version")  # noqa: S314  (our own file)
    if version is None:
        raise LocalServerError(f"{POM} names no kafka.version")
    return version


def cache_dir() -> Path:
    """Return the folder in which the jars are cached."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "badbuzz" / f"kafka-{kafka_version()}"


def fetch_jars() -> Path:
    """Return the folder with the broker's jars, fetching them through Maven (43 MB) the first time.

    Raises
    ------
    LocalServerError
        Java or Maven is missing, or Maven fails.
    """
    if (reason := why_unavailable()) is not None:
        raise LocalServerError(reason)
    jars = cache_dir()
    if _cached():
        return jars
    jars.parent.mkdir(parents=True, exist_ok=True)
    with (jars.parent / f"{jars.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed: one process fetches, the others wait for it
        if not _cached():
            _fetch(jars)
    return jars


def _fetch(jars: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{jars.name}.", dir=jars.parent) as scratch:
        fetched = Path(scratch) / "jars"
        fetched.mkdir()
        shutil.copy(POM, fetched)
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
        done = subprocess.run(  # noqa: S603
            ["mvn", "-q", "-B", "-f", str(fetched / "pom.xml"), *goal],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LocalServerError(f"Maven could not fetch the broker's jars:\n{tail(done.stdout + done.stderr)}")
        if jars.exists():
            shutil.rmtree(jars)
        fetched.rename(jars)


def _cached() -> bool:
    # The folder appears in one rename: it is never incomplete. A changed pom makes it stale.
    pom = cache_dir() / "pom.xml"
    return pom.is_file() and pom.read_bytes() == POM.read_bytes()
