"""The log: for people or for a collector, with other libraries' lines, without the traceback of what is expected."""

import json
import subprocess
import sys

import pytest

from streams.errors import ConfigError
from streams.settings.config import parse

CODE = """
import logging
from streams.cli.logs import log_to_stderr
from streams.errors import BrokerError
from streams.settings.config import parse
log_to_stderr(parse("", {variables!r}).log)
logging.getLogger("streams.worker").info("worker %s runs", "w-0")
logging.getLogger("streams.worker").debug("a detail")
logging.getLogger("aiohttp.server").warning("of another library")
logging.getLogger("kafka.net").error("pages of a client")
for error in (BrokerError("suspended for 9 s"), ValueError("a defect")):
    try:
        raise error
    except Exception:
        logging.getLogger("streams.worker").exception("cannot go on: é")
"""


def logged(**variables: str) -> str:
    own = {f"BADBUZZ_LOG_{name.upper()}": value for name, value in variables.items()}
    done = subprocess.run([sys.executable, "-c", CODE.format(variables=own)], capture_output=True, check=True)
    assert done.stdout == b""
    return done.stderr.decode()


def test_json_has_one_object_a_line_with_time_level_logger_and_text() -> None:
    records = [json.loads(line) for line in logged(format="json").splitlines()]
    assert [record["event"] for record in records] == [
        "worker w-0 runs",
        "of another library",
        "cannot go on: é",
        "cannot go on: é",
    ]
    assert [record["level"] for record in records] == ["info", "warning", "error", "error"]
    assert records[0]["logger"] == "streams.worker"
    assert records[0]["timestamp"].endswith("Z")


def test_only_a_defect_has_a_traceback() -> None:
    expected, defect = [json.loads(line) for line in logged(format="json").splitlines()][2:]
    assert not expected.keys() & {"exception", "exc_info"}
    assert "ValueError: a defect" in defect["exception"]
    assert logged().count("Traceback") == 1


def test_at_debug_the_clients_of_kafka_are_heard_too() -> None:
    assert "pages of a client" not in logged()
    text = logged(level="debug")
    assert "pages of a client" in text
    assert "a detail" in text


def test_at_error_nothing_less_is_written() -> None:
    text = logged(level="error")
    assert "runs" not in text
    assert "of another library" not in text
    assert "cannot go on" in text


def test_lines_for_people_have_no_colours_where_they_go_to_a_file() -> None:
    assert "\x1b" not in logged()


def test_an_unknown_level_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"BADBUZZ_LOG_LEVEL: Invalid enum value 'loud'"):
        parse("", {"BADBUZZ_LOG_LEVEL": "loud"})
