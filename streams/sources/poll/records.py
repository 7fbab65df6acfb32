"""Records of an answer: the list of items found, and each item a post or a counted refusal."""

from collections import Counter
from datetime import datetime
from typing import Any

from streams.errors import MentionError, SourceError
from streams.settings.forms import Form
from streams.sources.json_body import at, beginning, read_json, text_of
from streams.sources.poll.preset import Preset, Rating
from streams.sources.source import Post
from streams.sources.webhook.mapping import Mapper
from streams.sources.webhook.posts import post_of


class RecordReader:
    """Reads the answers of one preset.

    Parameters
    ----------
    preset
        The interface.
    values
        Of the configuration, for `{@NAME}`.
    network
        Of what it publishes.
    key
        Setting of the source, named in errors.

    Raises
    ------
    ConfigError
        The preset's mapping is broken.
    """

    def __init__(self, preset: Preset, values: dict[str, str], network: str, key: str) -> None:
        self._preset = preset
        self._values = values
        self._network = network
        self._mapper = Mapper(Form(preset.mentions), f"{key}.preset")

    def answer(self, body: bytes, place: str) -> dict[str, Any]:
        """Decode an answer, and refuse what is none though it came with status 200.

        Raises
        ------
        SourceError
            `protocol`: an error text, a page for people, or not what the preset expects.
        """
        value = read_json(body, place)
        for path, expected in self._preset.expect.items():
            if at(value, path) not in expected:
                wanted = " or ".join(map(repr, expected))
                raise _unexpected(place, f"{wanted} at `{path}`", body)
        if not isinstance(value, dict):
            raise _unexpected(place, "an object", body)
        return value

    def items(self, answer: dict[str, Any], body: bytes, place: str) -> list[Any]:
        """Return the items of an answer.

        Raises
        ------
        SourceError
            `protocol`: there is no list of items.
        """
        path = self._preset.items
        found = at(answer, path)
        if isinstance(found, list):
            return found
        if isinstance(found, dict):
            return [found]  # XML turned into JSON: a single item is no list
        parent = at(answer, path.rpartition(".")[0]) if "." in path else answer
        if found is None and self._preset.items_optional and isinstance(parent, dict):
            return []
        raise _unexpected(place, f"a list at `{path}`", body)

    def posts(self, items: list[Any], now: datetime) -> tuple[list[Post], Counter[str]]:
        """Return the posts of a page in its order, and what was refused, by reason.

        Parameters
        ----------
        items
            Of one page.
        now
            The time now.
        """
        posts: list[Post] = []
        refused: Counter[str] = Counter()
        for item in items:
            for _, fields in self._mapper.mentions(item, self._values):
                self._complete(fields, item)
                try:
                    posts.append(post_of(fields, self._network, now))
                except MentionError as error:
                    refused[error.reason] += 1
                except (ValueError, TypeError, OverflowError):  # a number too large for JSON, a text that is none
                    refused["type"] += 1
        return posts, refused

    def _complete(self, fields: dict[str, Any], item: Any) -> None:
        rating = _rating(at(item, self._preset.rating.path), self._preset.rating) if self._preset.rating else None
        if rating is not None:
            fields["rating"] = rating
        if "lang" in fields and self._preset.languages:
            fields["lang"] = self._preset.languages.get(text_of(fields["lang"]) or "")


def _rating(value: object, scale: Rating) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    if number is None or not min(scale.worst, scale.best) <= number <= max(scale.worst, scale.best):
        return None
    return 2 * (number - scale.worst) / (scale.best - scale.worst) - 1


def _unexpected(place: str, expected: str, body: bytes) -> SourceError:
    message = f"{place}: expected {expected}, got {beginning(body)}; check the values of the source"
    return SourceError(message, reason="protocol")
