"""Plain text of HTML: what a reader sees of a publication."""

import html
import re

MAX_HTML = 200_000
"""Characters of HTML that are read; the rest is cut off."""

# Nothing in a tag may hold `<`: so each character is looked at once, whatever a stranger writes.
_TAG = re.compile(r"<!--|-->|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<[!?/][^<>]*>")
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dt",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
    )
)
_BLOCKS |= {"li", "ol", "p", "pre", "tr", "ul"}
_CELLS = frozenset(("td", "th", "option"))
_HIDDEN = frozenset(("script", "style", "template"))
_QUOTATIONS = frozenset(("blockquote", "aside"))
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}")  # no character, and too long for Python to read as a number
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")


def plain_text(markup: str, *, quotations: bool = True) -> str:
    r"""Return the text of HTML: tags, comments and scripts removed, references resolved, a line for each block.

    Parameters
    ----------
    markup
        HTML, or plain text; at most `MAX_HTML` characters of it are read.
    quotations
        Whether what the author quotes of others is part of the text.

    Examples
    --------
    >>> plain_text("<p>Never <b>ag</b>ain &amp; never!</p><script>x()</script><ul><li>1 < 2</ul>")
    'Never again & never!\n1 < 2'
    >>> plain_text("<aside>A<aside>B</aside>C</aside><p>No.", quotations=False)
    'No.'
    """
    markup = markup[:MAX_HTML]
    left_out = _HIDDEN if quotations else _HIDDEN | _QUOTATIONS
    pieces: list[str] = []
    position, depth = 0, 0
    hidden = ""  # the element or comment that is not shown
    for tag in _TAG.finditer(markup):
        if not hidden:
            pieces.append(markup[position : tag.start()])
        position = tag.end()
        written = tag.group()
        name = (tag["name"] or "").lower()
        if hidden:
            within = hidden in (name, written)
            depth += within * (-1 if tag["end"] or written == "-->" else 1)
            hidden = hidden if depth else ""
        elif written == "<!--" or (name in left_out and not tag["end"]):
            hidden, depth = name or "-->", 1
        else:
            pieces.append("\n" if name in _BLOCKS else " " if name in _CELLS else "")
    if not hidden:
        pieces.append(markup[position:])
    text = html.unescape(_LONG_REFERENCE.sub("\ufffd", "".join(pieces)))
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()
