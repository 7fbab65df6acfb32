"""The tool of Alertmanager, run in a test."""

import subprocess
from pathlib import Path

from deploy.local.prometheus import binary


def amtool(*arguments: str | Path) -> str:
    done = subprocess.run([binary("amtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
