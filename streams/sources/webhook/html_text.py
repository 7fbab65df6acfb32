"""Plain text of HTML: tags removed, blocks as lines, quotations of others left out.

Written by hand because the standard library's parser takes minutes for 80 kB of `<a <a <a`, which anyone may post.
"""

import re
from html import unescape

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>")
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}")  # no character; too long for Python to read as a number
_BLOCKS = frozenset(("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_LEFT_OUT = frozenset(("script", "style", "aside", "blockquote"))
"""Elements whose text is not the author's: code, and what the author quotes."""


def plain_text(html: str) -> str:
    r"""Remove the tags of HTML, in a time that grows with its length alone.

    Parameters
    ----------
    html
        A fragment, however broken.

    Examples
    --------
    >>> plain_text("<aside>quoted</aside><p>H&amp;M: <b>no</b> signal</p><p>again</p>")
    'H&M: no signal\nagain'
    """
    html = _without_comments(html)
    parts: list[str] = []
    depth, end = 0, 0
    for tag in _TAG.finditer(html):
        if not depth:
            parts.append(html[end : tag.start()])
        end = tag.end()
        name = tag[2].lower()
        if name in _LEFT_OUT:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        elif name in _BLOCKS and not depth:
            parts.append("\n")
    if not depth:
        parts.append(html[end:])
    text = unescape(_LONG_REFERENCE.sub("\ufffd", "".join(parts)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_comments(html: str) -> str:
    parts = []
    start = 0
    while (opened := html.find("<!--", start)) >= 0 and (closed := html.find("-->", opened)) >= 0:
        parts.append(html[start:opened])
        start = closed + 3
    parts.append(html[start:])
    return "".join(parts)
