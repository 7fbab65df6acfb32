"""The schemas are those of the code, valid, and true of real messages."""

import json
from typing import Any

import jsonschema
import pytest

from streams.cli.reference_schemas import MESSAGES, asyncapi, pages, schema
from tests.behaviour.engines import in_process
from tests.helpers.paths import DEPLOY
from tests.helpers.records import crisis

FOLDER = DEPLOY.parent / "docs" / "schemas"


def test_the_files_are_generated_from_the_code() -> None:
    made = pages()
    assert {path.name for path in FOLDER.iterdir()} == made.keys()
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "run: make docs"


@pytest.mark.parametrize("name", MESSAGES)
def test_each_is_a_valid_schema_of_the_draft_it_names(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_real_mentions_and_events_are_as_the_schemas_say() -> None:
    validators = {name: jsonschema.Draft202012Validator(schema(name)) for name in MESSAGES}
    lines = crisis()
    for line in lines[:200]:
        validators["mention"].validate(json.loads(line))
    events = [json.loads(event) for event in in_process(lines)]
    assert events
    for event in events:
        validators[event["type"]].validate(event)


def test_a_wrong_mention_is_refused_by_the_schema_as_by_the_scorer() -> None:
    validator = jsonschema.Draft202012Validator(schema("mention"))
    line = json.loads(crisis()[0])
    assert validator.is_valid(line)
    assert not validator.is_valid({**line, "brand": 7})
    assert not validator.is_valid({key: value for key, value in line.items() if key != "id"})


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"

    def look(node: Any) -> None:
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                target: Any = document
                for part in reference.removeprefix("#/").split("/"):
                    target = target[part]
            for each in node.values():
                look(each)
        elif isinstance(node, list):
            for each in node:
                look(each)

    look(document)
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
