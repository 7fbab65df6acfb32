"""Frames of Jetstream for benchmarks, in the mix of the network, and a server that sends them at any pace.

The mix is that of a capture of 152 events: 69 % likes, 11 % posts, 10 % reposts, the rest follows and accounts. Texts
are real ones of the shared records where they are, made up otherwise.
"""

import asyncio
import base64
import gzip
import hashlib
import json
import random
import ssl
import time
from itertools import islice
from pathlib import Path
from typing import Any

from deploy.local.bluesky_player import SMALL_TALK, did_of
from deploy.local.jetstream_log import LoggedEvent, commit, frame_v1, frame_v2, rfc3339_us
from tests.helpers.paths import SHARED

START_US = 1_783_175_888_000_000
SHARES = {"like": 0.69, "post": 0.11, "repost": 0.10, "follow": 0.09, "account": 0.01}
WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE = b"\x88\x02\x03\xe8"


def texts(count: int) -> list[str]:
    """Return texts of many languages, cut to a post's length."""
    rng = random.Random(1)
    found: list[str] = []
    records = sorted((SHARED / "data" / "incidents").glob("*.jsonl.gz"))
    for file in records:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            every = [json.loads(line)["text"] or "" for line in islice(lines, 20_000)]
        found += rng.sample(every, min(len(every), count // len(records) + 1))
    if not records:
        found = [" ".join(rng.choices(SMALL_TALK, k=3)) for _ in range(count)]
    rng.shuffle(found)
    return [text[:300] for text in found[:count]]


def events(count: int, *, posts_only: bool = False) -> list[LoggedEvent]:
    """Return events, 2.5 ms apart."""
    rng = random.Random(2)
    words = texts(10_000)
    people = [did_of(str(number)) for number in range(5_000)]
    kinds = ["post"] * count if posts_only else rng.choices(list(SHARES), list(SHARES.values()), k=count)
    made = []
    for number, kind in enumerate(kinds):
        us, did, body = START_US + number * 2_500, rng.choice(people), None
        fields: dict[str, Any] = {"createdAt": rfc3339_us(us - 700_000)}
        reference = {
            "cid": "bafyreigfz2vyl4jyn5yyvbpwp6nmzmvlqhgvyg3e",
            "uri": f"at://{rng.choice(people)}/app.bsky.feed.post/3l",
        }
        match kind:
            case "post":
                fields |= {"text": words[number % len(words)], "langs": ["en"]}
                if number % 2:
                    fields["reply"] = {"parent": reference, "root": reference}
                body = commit("app.bsky.feed.post", f"{number:013x}", fields)
            case "follow":
                body = commit("app.bsky.graph.follow", f"{number:013x}", fields | {"subject": rng.choice(people)})
            case "account":
                status = {"active": True, "did": did, "seq": number, "time": rfc3339_us(us)}
                made.append(LoggedEvent(1000 + number, us, did, kind, status))
                continue
            case _:
                body = commit(f"app.bsky.feed.{kind}", f"{number:013x}", fields | {"subject": reference})
        made.append(LoggedEvent(1000 + number, us, did, "commit", body))
    return made


def frames(count: int, version: int, *, posts_only: bool = False) -> list[bytes]:
    """Return frames of a version."""
    encode = frame_v1 if version == 1 else frame_v2
    return [frame for event in events(count, posts_only=posts_only) if (frame := encode(event))]


def serve(port: int, count: int, rate: float, certificate: str) -> None:
    """Send frames of version 2 to whoever subscribes, so many a second, 0: at once; with a certificate over TLS."""
    packed = [_packed(frame) for frame in frames(count, 2)]

    async def subscribe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return  # somebody looked whether the port is open
        headers = dict(line.split(b": ", 1) for line in request.split(b"\r\n")[1:] if b": " in line)
        key = {name.lower(): value for name, value in headers.items()}.get(b"sec-websocket-key", b"")
        accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET).digest())  # noqa: S324 - the protocol's own
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        started, sent = time.perf_counter(), 0
        while sent < len(packed):
            due = min(len(packed), int((time.perf_counter() - started) * rate) if rate else sent + 200)
            for frame in packed[sent:due]:
                writer.write(frame)
            sent = due
            await writer.drain()
            if rate:
                await asyncio.sleep(1 / rate)
        writer.write(CLOSE)
        await writer.drain()
        await reader.read(100)
        writer.close()

    async def run() -> None:
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(Path(certificate), Path(certificate).with_suffix(".key"))
        server = await asyncio.start_server(subscribe, "127.0.0.1", port, ssl=context)
        await server.serve_forever()

    asyncio.run(run())


def _packed(content: bytes) -> bytes:
    """Return a WebSocket text frame, unmasked."""
    size = len(content)
    if size < 126:
        return bytes((0x81, size)) + content
    return b"\x81\x7e" + size.to_bytes(2, "big") + content
