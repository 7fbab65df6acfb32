"""Rendering: views through templates into parts of a page, once for all who look at the same page in the same way."""

import hashlib
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from streams.console.views.due import Button
from streams.console.views.lens import Lens
from streams.console.views.part import Part

TICK_MS = 10_000
"""How often clocks on a page go on without news."""
MAX_PAGES = 200


class Rendered(NamedTuple):
    """One part of a page as HTML, and a digest of it."""

    id: str
    html: str
    digest: str


class Page(NamedTuple):
    """The parts of a page that change, and the version of the desk log that they show."""

    version: int
    parts: list[Rendered]


class Renderer:
    """Render templates, escaping everything; parts that nothing changed are rendered once for all readers.

    Examples
    --------
    >>> renderer = Renderer()
    >>> from streams.settings.config import Config
    >>> "&lt;b&gt;" in renderer.page("message.html", Lens(Config(), 0), title="x", text="<b>", back="/")
    True
    """

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._environment.globals |= {"new_id": new_id, "filled": filled}
        self._button: Any = self._environment.get_template("parts/button.html").module
        self._pages: dict[tuple[Any, ...], tuple[tuple[int, int], Page]] = {}

    def page(self, template: str, lens: Lens, **data: Any) -> str:
        """Render a whole page."""
        return self._environment.get_template(template).render(lens=lens, say=lens.say, **data)

    def parts(self, path: str, revision: int, lens: Lens, view: Callable[[], tuple[int, list[Part]]]) -> Page:
        """Render the parts of a page, or return them as they were rendered last.

        Parameters
        ----------
        path
            Where actions are sent to; which page it is.
        revision
            Of the state: another one renders anew, and so does another tick of the clock.
        lens
            Who looks, and when.
        view
            Returns the version of the desk log, and the parts.
        """
        as_of = revision, lens.now_ms // TICK_MS
        key = path, lens.may_act, lens.shared
        known = self._pages.get(key)
        if known is not None and known[0] == as_of:
            return known[1]
        version, parts = view()
        page = Page(version, [self._part(part, lens, path) for part in parts])
        if len(self._pages) >= MAX_PAGES:
            self._pages.clear()
        self._pages[key] = as_of, page
        return page

    def _part(self, part: Part, lens: Lens, path: str) -> Rendered:
        act = path if lens.may_act else ""

        def form(made: Button, name: str) -> Any:
            return self._button.button(act, made, name)

        template = self._environment.get_template(f"parts/{part.template}.html")
        text = template.render(view=part.view, lens=lens, say=lens.say, act=act, form=form, button=Button)
        return Rendered(part.id, text, hashlib.sha256(text.encode()).hexdigest()[:16])


def filled(part: str, version: int) -> str:
    """Give each form of a part an id of its own, by which its action counts once, and the version that it shows.

    Parts are rendered without, for all readers alike.

    Examples
    --------
    >>> import re
    >>> form = filled('<input name="id" value=""><input name="seen" value="">', 7)
    >>> bool(re.fullmatch('<input name="id" value="[0-9a-f]{32}"><input name="seen" value="7">', form))
    True
    """
    return _NO_ID.sub(lambda _: f'name="id" value="{new_id()}"', part).replace(
        'name="seen" value=""', f'name="seen" value="{version}"'
    )


def html(text: str, status: int = 200) -> web.Response:
    """Return a page as a response."""
    response = web.Response(text=text, status=status, content_type="text/html")
    response.enable_compression()
    return response


def new_id() -> str:
    """Return an id for an action."""
    return secrets.token_hex(16)


_NO_ID = re.compile('name="id" value=""')
