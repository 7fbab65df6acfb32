"""Text of the HTML in which Mastodon publishes: paragraphs and line breaks kept, everything else as it reads."""

import html
import re
from html.parser import HTMLParser

MAX_MARKUP = 100_000
"""Characters of HTML that are read; a mention's text is cut long before."""
_BLOCKS = frozenset(("blockquote", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "ul"))
_HIDDEN = frozenset(("script", "style"))
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[ \t\r\f\v]*\n\s*")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def text_of(markup: str) -> str:
    r"""Return the text of HTML.

    Parts of a link that Mastodon hides are part of its text, so that it can be searched for a domain.

    Parameters
    ----------
    markup
        HTML, however broken.

    Examples
    --------
    >>> text_of('<p>H&amp;M <span class="h-card">@<span>acme</span></span></p><p>again<br>and again</p>')
    'H&M @acme\nagain\nand again'
    >>> text_of('<a href="https://acme.example/box"><span class="invisible">https://</span>acme.example/box</a>')
    'https://acme.example/box'
    """
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    markup = markup[:MAX_MARKUP]
    reader = _Reader()
    try:
        reader.feed(markup)
        reader.close()
        text = "".join(reader.parts)
    except AssertionError:  # the parser's answer to a marked section that is none
        text = html.unescape(_TAG.sub(" ", markup))
    return _SPACES.sub("\n", text).strip()
