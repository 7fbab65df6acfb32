"""Writing measured tables into docs/benchmarks.md, each between its own marks."""

import re
from pathlib import Path

from tests.helpers.paths import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks of a section.

    Parameters
    ----------
    name
        Of the section: it stands between `<!-- NAME -->` and `<!-- /NAME -->`.
    text
        Markdown.
    page
        Where.
    """
    old = page.read_text(encoding="utf-8")
    new, found = re.subn(
        rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: f"{m[1]}{text.strip()}\n{m[2]}", old, flags=re.DOTALL
    )
    if not found:
        raise ValueError(f"expected the marks <!-- {name} --> and <!-- /{name} --> in {page}, found none")
    page.write_text(new, encoding="utf-8")
