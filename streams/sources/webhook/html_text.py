"""Plain text of HTML: tags removed, blocks as lines, quotations of others left out."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_LEFT_OUT = frozenset(("script", "style", "aside", "blockquote"))
"""Elements whose text is not the author's: code, and what the author quotes."""


def plain_text(html: str) -> str:
    r"""Remove the tags of HTML.

    Parameters
    ----------
    html
        A fragment, however broken.

    Examples
    --------
    >>> plain_text("<aside>quoted</aside><p>H&amp;M: <b>no</b> signal</p><p>again</p>")
    'H&M: no signal\nagain'
    """
    parser = _Parser()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._left_out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self._left_out.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._left_out:
            while self._left_out.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.parts.append(data)
