"""Events a second of one core: Jetstream decoded and matched, beside the network's Python SDK in the same run.

``python -m tests.benchmarks.jetstream [RUNS]`` prints a Markdown table: the best of some runs, by the processor time of
the reading process alone. The SDK, which only decodes, is left out where it is not installed (extra `bench`). The last
row is a paced stream over TLS, every frame of its own: the share of a core.
"""

import asyncio
import contextlib
import importlib.util
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import zstandard

from deploy.local.fake_bluesky import train
from deploy.local.server import free_port
from streams.errors import SourceError
from streams.matching.matcher import BrandMatcher
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.batch_reader import BatchReader
from streams.sources.bluesky.compression import Dictionary
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.bluesky.frames import decode_v1, decode_v2
from streams.sources.bluesky.jetstream import Jetstream
from streams.sources.bluesky.position import Resume
from streams.sources.bluesky.posts import PostBuilder
from streams.sources.bluesky.recent_ids import RecentIds
from tests.benchmarks.jetstream_frames import frames, serve
from tests.benchmarks.matching import brands

EVENTS = 60_000
BATCH = 5_000
BRANDS = (1_000, 10_000)
PACE, PACED_S = 500.0, 10.0


def best(work: Callable[[], int], runs: int) -> float:
    """Return the most events a second of processor time of some runs."""
    rates = []
    for _ in range(runs):
        started = time.process_time()
        count = work()
        rates.append(count / (time.process_time() - started))
    return max(rates)


def decoded(content: Sequence[bytes], version: int) -> int:
    """Decode frames; return how many."""
    decode = decode_v1 if version == 1 else decode_v2
    for frame in content:
        decode(frame)
    return len(content)


def matched(content: Sequence[bytes], version: int, matcher: BrandMatcher, dictionary: Dictionary | None = None) -> int:
    """Read frames into batches as the source does, and match their posts; return how many frames."""
    accounts = OfficialAccounts(["did:plc:acme"])
    url = "wss://jetstream.example" + ("/subscribe" if version == 1 else "")
    builder = PostBuilder(accounts, matcher.names_something)
    reader = BatchReader(Endpoint.parse(url), Resume(), dictionary, builder, accounts, RecentIds())
    count = 0
    for start in range(0, len(content), BATCH):
        batch = reader.read(content[start : start + BATCH])
        count += batch.events
        for post in batch.posts:
            matcher.match(post, "bluesky")
    return count


@contextlib.contextmanager
def server(count: int, rate: float = 0.0, certificate: str = "") -> Iterator[int]:
    """Run a server in a process of its own; yield its port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port, count, rate, certificate))
    process.start()
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.join()


def received(url: str, matcher: BrandMatcher) -> int:
    """Read all that a server sends by the source, and match its posts; return how many events."""

    async def run() -> int:
        config = JetstreamConfig(url=(url,), compress=False)
        source, count = (
            Jetstream("bench", config, CollectorSettings(allow_private=True), named=matcher.names_something),
            0,
        )
        with contextlib.suppress(SourceError):  # the end of the connection
            async for batch in source.read(None):
                count += batch.events
                for post in batch.posts:
                    matcher.match(post, source.network)
        return count

    return asyncio.run(run())


def received_by_sdk(url: str, count: int) -> int:
    """Read as many events by the SDK."""
    sdk: Any = importlib.import_module("atproto")  # not installed for tests

    async def run() -> int:
        client, seen = sdk.AsyncJetstreamClient(base_uri=f"{url}/xrpc", compress=False), 0

        async def on_event(_: object) -> None:
            nonlocal seen
            seen += 1
            if seen >= count:
                await client.stop()

        await client.start(on_event)
        return seen

    return asyncio.run(run())


def paced() -> str:
    """Return the share of a core that a paced stream over TLS takes, measured in a process that trusts its server."""
    if not shutil.which("openssl"):
        return "no openssl here"
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder) / "server.pem"
        command = (
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        )
        files = ("-keyout", str(certificate.with_suffix(".key")), "-out", str(certificate))
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
        with server(int(PACE * PACED_S), PACE, str(certificate)) as port:
            return subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.jetstream", f"wss://127.0.0.1:{port}"],
                env={**os.environ, "SSL_CERT_FILE": str(certificate)},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout.strip()


def share_of_a_core(url: str) -> str:
    """Read a paced stream to its end; return the processor time it took as a share of the time that passed."""
    matcher = BrandMatcher(brands(BRANDS[0]))
    cpu, wall = time.process_time(), time.perf_counter()
    count = received(url, matcher)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return f"{cpu / wall:.1%} ({count / wall:.0f} events/s)"


def main(argv: Sequence[str]) -> int:
    """Print the table."""
    if argv and argv[0].startswith("wss:"):
        print(share_of_a_core(argv[0]))
        return 0
    runs = int(argv[0]) if argv else 5
    few, many = (BrandMatcher(brands(count)) for count in BRANDS)
    trained = train(5)
    compressor, dictionary = zstandard.ZstdCompressor(dict_data=trained), Dictionary(trained.as_bytes())
    rows: dict[str, list[str]] = {}

    def add(row: str, rate: float) -> None:
        rows.setdefault(row, []).append(f"{rate:,.0f}")

    for posts_only in (False, True):
        first, second = (frames(EVENTS, version, posts_only=posts_only) for version in (1, 2))
        packed = [compressor.compress(frame) for frame in second]
        add("version 1, decoded", best(partial(decoded, first, 1), runs))
        add("version 2, decoded", best(partial(decoded, second, 2), runs))
        add("version 1, decoded and matched, 1,000 brands", best(partial(matched, first, 1, few), runs))
        add("version 2, decoded and matched, 1,000 brands", best(partial(matched, second, 2, few), runs))
        add("the same, 10,000 brands", best(partial(matched, second, 2, many), runs))
        add("the same, 1,000 brands, compressed", best(partial(matched, packed, 2, few, dictionary), runs))
    with server(EVENTS) as port:
        url = f"ws://127.0.0.1:{port}"
        add("received by the source, decoded and matched", best(partial(received, url, few), runs))
        if importlib.util.find_spec("atproto"):
            add("received by the atproto SDK and decoded", best(partial(received_by_sdk, url, EVENTS), min(runs, 3)))
    print("| events/s a core | all kinds | posts only |\n|---|---:|---:|")
    for row, cells in rows.items():
        print(f"| {row} | {' | '.join((*cells, '') if len(cells) == 1 else cells)} |")
    print(f"\n500 events/s over TLS, every frame of its own: {paced()} of a core.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
