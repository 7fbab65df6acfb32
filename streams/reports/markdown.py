"""Markdown: a report as text that reads well in any viewer; nothing in it is markup but what this module writes."""

import re

from streams.reports.report import Report, Section

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def to_markdown(report: Report, picture: str = "") -> str:
    r"""Render a report.

    Parameters
    ----------
    report
        The report.
    picture
        Path of its picture, relative to where the text will lie; empty for none.

    Examples
    --------
    >>> section = Section("questions", "Questions", items=("Why *this*?",))
    >>> print(to_markdown(Report("en", "Acme", "Acme/1", "", ("It was over.",), (section,))))
    # Acme
    <BLANKLINE>
    Acme/1
    <BLANKLINE>
    It was over.
    <BLANKLINE>
    ## Questions
    <BLANKLINE>
    - Why \*this\*?
    <BLANKLINE>
    """
    blocks = [f"# {_plain(report.title)}", _plain(report.subtitle)]
    if report.banner:
        blocks.append(f"**{_plain(report.banner)}**")
    blocks += [_plain(paragraph) for paragraph in report.summary]
    if picture:
        blocks.append(f"![{_plain(report.title)}]({picture})")
    for section in report.sections:
        blocks += [f"## {_plain(section.heading)}", _section(section)]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> str:
    if section.columns and section.rows:
        lines = [section.columns, ("---",) * len(section.columns), *(row.cells for row in section.rows)]
        return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    if section.items:
        return "\n".join(f"- {_plain(item)}" for item in section.items)
    return _plain(section.empty)


def _cell(text: str) -> str:
    return text if text == "---" else _plain(text)


def _plain(text: str) -> str:
    """Escape a text: it stays one line and opens no markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
