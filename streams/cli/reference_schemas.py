"""Schemas generated from the code: JSON Schema of each message that others write or read, and an AsyncAPI document."""

import json
from pathlib import Path
from typing import Any

import msgspec

from streams.kafka.topics import DEAD_LETTERS, INCIDENTS, MENTIONS
from streams.mentions.mention import Mention
from streams.response.desk_event import DeskEvent
from streams.settings.kafka import KafkaSettings
from streams.watching.incident_event import IncidentEvent

FOLDER = Path("docs/schemas")
MESSAGES: dict[str, tuple[type, str]] = {
    "mention": (Mention, "One mention, as sources write it to Kafka and as files of a replay hold it, one a line."),
    "incident": (IncidentEvent, "One change of a brand's incident."),
    "desk": (DeskEvent, "One change of how a brand answers."),
}
"""Messages by name: their type, and what they are."""

_ANY = "application/octet-stream"


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a message.

    Examples
    --------
    >>> schema("mention")["required"][:3]
    ['id', 'brand', 'network']
    """
    kind, meaning = MESSAGES[name]
    made = msgspec.json.schema(kind)
    reference = made.pop("$ref").rpartition("/")[2]
    own = made["$defs"].pop(reference)
    # Readers ignore fields that they do not know, so that a version may add some.
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": meaning,
        **{key: value for key, value in own.items() if key not in {"title", "description"}},
        **made,
    }


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3 document of the topics that others write or read."""
    channels = {
        "mentions": _channel(MENTIONS, ["mention"], "Mentions to be watched; the key is the brand."),
        "incidents": _channel(INCIDENTS, ["incident", "desk"], "What was found; the key is the event's id."),
        "deadLetters": _channel(
            DEAD_LETTERS,
            ["deadLetter"],
            "Messages that could not be read, as they came; headers reason, detail, source and offset.",
        ),
    }
    messages = {
        name: {
            "name": name,
            "summary": meaning,
            "contentType": "application/json",
            "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": _within(name)},
        }
        for name, (_, meaning) in MESSAGES.items()
    }
    messages["deadLetter"] = {
        "name": "deadLetter",
        "summary": "A message that could not be read.",
        "contentType": _ANY,
        "payload": {"type": "string", "format": "binary"},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "badbuzz",
            "version": "1",
            "description": "Topics that others write or read; each name is behind kafka.topic_prefix.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": KafkaSettings().bootstrap_servers, "protocol": "kafka-secure"}},
        "channels": channels,
        "operations": {
            "receiveMentions": _operation("receive", "mentions"),
            "sendIncidents": _operation("send", "incidents"),
            "sendDeadLetters": _operation("send", "deadLetters"),
        },
        "components": {"messages": messages},
    }


def pages() -> dict[str, str]:
    """Return the text of each file of `FOLDER`, by its name."""
    made = {f"{name}.schema.json": schema(name) for name in MESSAGES} | {"asyncapi.json": asyncapi()}
    return {name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in made.items()}


def _within(name: str) -> dict[str, Any]:
    """Return a schema whose references are those of the whole document."""
    place = f"#/components/messages/{name}/payload/schema/$defs/"
    text = json.dumps(schema(name), ensure_ascii=False).replace('"#/$defs/', f'"{place}')
    moved: dict[str, Any] = json.loads(text)
    return moved


def _channel(topic: str, messages: list[str], meaning: str) -> dict[str, Any]:
    references = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {"address": topic, "description": meaning, "messages": references}


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}
