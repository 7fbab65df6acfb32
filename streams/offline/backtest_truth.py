"""The truth table of a backtest: documented incidents, read from CSV.

    file,brand,name,class,onset,end
    spring.jsonl,Acme,price rise,crisis,2024-03-09T09:00:00Z,2024-03-09T18:00:00Z

`file` is the mention file, with or without its suffix; `brand` may be `*`; `class` is one of `CLASSES`.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from streams.errors import InputError

FALSE_ALARM = "false alarm"
CLASSES = ("crisis", "benign surge", "coordinated", "ignore", FALSE_ALARM)
ANY = "*"


class Truth(NamedTuple):
    """One row of the truth table: a documented incident.

    Parameters
    ----------
    file
        The mention file, as `record_name` names it; `*`: any.
    brand
        The brand; `*`: any.
    name
        The incident.
    kind
        Its class, one of `CLASSES`.
    onset_s, end_s
        Seconds since the epoch.
    """

    file: str
    brand: str
    name: str
    kind: str
    onset_s: float
    end_s: float


def read_truth(path: Path) -> list[Truth]:
    """Read a truth table: CSV with columns file, brand, name, class, onset, end.

    Raises
    ------
    InputError
        Names the line, what was expected and what came.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [_truth(row, f"{path}, line {n}") for n, row in enumerate(csv.DictReader(lines), start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"expected a readable CSV file, got {path}: {error}") from None


def record_name(path: str) -> str:
    """Return the name of a mention file in a truth table: without its folder and suffixes.

    Examples
    --------
    >>> record_name("records/spring.jsonl.gz"), record_name("spring")
    ('spring', 'spring')
    """
    return Path(path.strip()).name.removesuffix(".gz").removesuffix(".jsonl")


def check_files(truths: Iterable[Truth], replayed: Sequence[str]) -> None:
    """Check that every documented incident is of a file that was replayed.

    Raises
    ------
    InputError
        One is not; the message names it and the files there are.
    """
    for truth in truths:
        if truth.file not in (ANY, *replayed):
            raise InputError(
                f"--truth: {truth.name!r} is of the file {truth.file!r}, which was not replayed, but "
                f"{', '.join(replayed)}: correct its column `file`, or replay that file too"
            )


def _truth(row: dict[str, str], where: str) -> Truth:
    try:
        truth = Truth(
            record_name(row["file"]),
            row["brand"],
            row["name"],
            row["class"],
            _seconds(row["onset"]),
            _seconds(row["end"]),
        )
    except KeyError as error:
        raise InputError(
            f"{where}: expected the columns file, brand, name, class, onset, end; {error} is missing"
        ) from None
    except (ValueError, TypeError):
        raise InputError(
            f"{where}: expected times such as 2012-06-11T18:00:00Z, got {row['onset']!r} and {row['end']!r}"
        ) from None
    if truth.kind not in CLASSES:
        raise InputError(f"{where}: expected a class of {', '.join(CLASSES)}, got {truth.kind!r}")
    return truth


def _seconds(text: str) -> float:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"expected a time with a zone, got {text!r}")
    return time.timestamp()
