"""The truth of a backtest from a desk log: what people said that each incident was."""

from datetime import datetime
from pathlib import Path

from streams.desk_log.action import DeskAction, decode_action
from streams.desk_log.fold import DeskState, fold
from streams.errors import ActionError, InputError
from streams.offline.backtest_truth import ANY, FALSE_ALARM, Truth

EARLY_S = 3600
LONGEST_S = 72 * 3600
_CLASSES = {"false_alarm": FALSE_ALARM, "planned": "benign surge", "close": "crisis"}


def read_desk_truth(path: Path) -> list[Truth]:
    """Read a desk log, one action a line, as the topic `desk` holds it.

    Parameters
    ----------
    path
        A file of JSON lines.

    Returns
    -------
    list of Truth
        One for each incident that people judged: a crisis where it was closed without another verdict. It begins an
        hour before the incident opened, since other thresholds may find it earlier.

    Raises
    ------
    InputError
        Names the line, what was expected and what came.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"expected a readable file of desk actions, got {path}: {error.strerror}") from None
    actions = [_action(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    return [truth for state in fold(actions).values() if (truth := _truth(state)) is not None]


def _action(line: bytes, where: str) -> DeskAction:
    try:
        return decode_action(line)
    except ActionError as error:
        raise InputError(f"{where}: {error}") from None


def _truth(state: DeskState) -> Truth | None:
    judged = state.verdict or state.closed
    if judged is None:
        return None
    brand, _, opened = state.incident.rpartition("/")
    try:
        opened_s = datetime.fromisoformat(opened).timestamp()
    except ValueError:
        raise InputError(
            f"expected the id of an incident such as Acme/2012-06-11T18:00:00Z, got {state.incident!r}"
        ) from None
    end_s = max(opened_s, min(judged.at_ms / 1000, opened_s + LONGEST_S))
    return Truth(ANY, brand, state.incident, _CLASSES[judged.kind], opened_s - EARLY_S, end_s)
