"""Character encodings of a file: by its byte order mark, or by looking at its bytes."""

import codecs
import io

from streams.errors import InputError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LOOKED_AT = 4096
_CHUNK = 1 << 20


def detect_encoding(data: bytes, name: str) -> str:
    """Return the name of the encoding of a text file.

    UTF-8 with some damaged bytes is still UTF-8; what holds more damage than text of it is Windows-1252.

    Parameters
    ----------
    data
        The whole file.
    name
        Of the file, for errors.

    Raises
    ------
    InputError
        It is a workbook, not a text file.

    Examples
    --------
    >>> encodings = ("utf-8", "utf-16", "utf-16-le", "cp1252")
    >>> [detect_encoding("déjà vu".encode(encoding), "a.csv") for encoding in encodings]
    ['utf-8', 'utf-16', 'utf-16-le', 'cp1252']
    """
    if data.startswith(_WORKBOOKS):
        raise InputError(f"{name}: expected a CSV file, got an Excel workbook; save it as CSV (UTF-8) and import that")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:_LOOKED_AT]
    # Half the bytes of western text in UTF-16 are zero, and none of a text file in another encoding.
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[first::2].count(0) > len(head) // 6:
            return encoding
    damaged, beyond_ascii = _utf8_characters(data)
    return "utf-8" if damaged <= beyond_ascii else "cp1252"


def open_decoded(data: bytes, encoding: str) -> io.TextIOWrapper:
    """Open bytes as text for a CSV reader: line ends as they are, what is no text as U+FFFD."""
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")


def _utf8_characters(data: bytes) -> tuple[int, int]:
    """Count damaged characters, and whole ones beyond ASCII, of bytes read as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    replaced = beyond_ascii = 0
    for start in range(0, len(data), _CHUNK):
        text = decoder.decode(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        bad = text.count("\ufffd")
        replaced += bad
        beyond_ascii += len(text) - len(text.encode("ascii", "ignore")) - bad
    written_so = data.count("\ufffd".encode())
    return replaced - written_so, beyond_ascii + written_so
