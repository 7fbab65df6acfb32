"""HTML: a report as one page that needs nothing else, in dark and light, and prints well."""

import base64
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from streams.reports.report import Report


def to_html(report: Report, picture: bytes = b"") -> str:
    """Render a report; everything is escaped.

    Parameters
    ----------
    report
        The report.
    picture
        An SVG to show in it; empty for none.

    Examples
    --------
    >>> "&lt;b&gt;" in to_html(Report("en", "<b>", "", "", (), ()))
    True
    """
    data = base64.b64encode(picture).decode()
    return _environment().get_template("report.html").render(report=report, picture=data)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
