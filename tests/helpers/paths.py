"""Paths of the repository, its deploy folder and the real records."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SHARED = Path(os.environ.get("BADBUZZ_SHARED", ROOT.parent / "shared"))
