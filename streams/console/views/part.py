"""A part of a page: what is replaced as a whole when it changes."""

from typing import Any, NamedTuple


class Part(NamedTuple):
    """One part: its id on the page, the template that shows it, and what that is given."""

    id: str
    template: str
    view: Any
