"""`badbuzz score`: JSON lines with `text` in, the same lines with `negativity` out."""

from collections.abc import Callable, Iterator
from typing import IO, Annotated, Any

import msgspec
from msgspec import Meta

from detectors.negativity import with_rating
from streams.mentions.dead_letter import DeadLetter
from streams.scoring.scorer import TextModel

CHUNK_BYTES = 1 << 18


class _Scored(msgspec.Struct):
    text: str
    rating: Annotated[float, Meta(ge=-1, le=1)] | None = None


_decode_scored = msgspec.json.Decoder(_Scored).decode
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def score_lines(
    source: IO[bytes], out: IO[bytes], model: TextModel, dead_letter: Callable[[DeadLetter], None], name: str = "stdin"
) -> tuple[int, int]:
    r"""Score lines as they arrive, and flush after each read.

    Parameters
    ----------
    source
        JSON lines, each an object with `text` and perhaps `rating` (-1 to 1).
    out
        The same objects with `negativity` (0 to 1) last.
    model
        Scores texts.
    dead_letter
        Called with each line that is no such object.
    name
        Name of the source in dead letters.

    Returns
    -------
    scored, unreadable
        Numbers of lines.

    Examples
    --------
    >>> import io
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.25 for _ in texts]
    >>> out = io.BytesIO()
    >>> score_lines(io.BytesIO(b'{"text":"hm","n":1}'), out, Flat(), print)
    (1, 0)
    >>> out.getvalue()
    b'{"text":"hm","n":1,"negativity":0.25}\n'
    """
    scored = unreadable = offset = 0
    for lines in _whole_lines(source):
        rows: list[tuple[dict[str, Any], _Scored]] = []
        for line in lines:
            if line.strip():
                try:
                    rows.append((_decode_fields(line), _decode_scored(line)))
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    unreadable += 1
                    reason = "type" if isinstance(error, msgspec.ValidationError) else "json"
                    dead_letter(DeadLetter(reason, str(error), name, offset, line))
            offset += 1
        scores = model.score_many([row.text for _, row in rows])
        for (fields, row), score in zip(rows, scores, strict=True):
            negativity = score if row.rating is None else with_rating(score, row.rating)
            fields.pop("negativity", None)
            fields["negativity"] = round(negativity, 4)
            out.write(msgspec.json.encode(fields) + b"\n")
        out.flush()
        scored += len(rows)
    return scored, unreadable


def _whole_lines(source: IO[bytes]) -> Iterator[list[bytes]]:
    """Yield the whole lines of each read: a program at the other end of a pipe gets its results at once."""
    read = getattr(source, "read1", source.read)
    rest = b""
    while chunk := read(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        yield lines
    if rest:
        yield [rest]
