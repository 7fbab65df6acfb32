"""A player of reconstructed incidents on a fake Bluesky: the past at speed until it is now, then on in real time.

Everybody of the scenario posts on Bluesky, whatever their network was, among people who talk of something else. A text
that does not name the brand carries its name as a tag, and what the brand itself wrote comes from its official account.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from deploy.local.jetstream_log import JetstreamLog, LoggedEvent, commit, frame_v2, rfc3339_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streams.scenarios import Scenario

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
TICK_S = 0.1
SMALL_TALK = (
    "Good morning, it rains again",
    "reading on the train, as every day",
    "Qui regarde le match ce soir ?",
    "my cat has found the new chair",
    "encore un lundi, vivement vendredi",
    "what a sunset over the harbour",
    "un café et je commence la journée",
    "first tomatoes of the year",
)


class Planned(NamedTuple):
    """An event to come: its time in seconds, its account, its commit."""

    at: float
    did: str
    body: dict[str, Any]


class Player:
    """Play a scenario into a log.

    Parameters
    ----------
    scenario
        The incident.
    now
        The instant of the scenario that is now once the past was played.
    catch_up_s
        Seconds in which the past is played.
    small_talk_s
        Seconds between two posts about something else, as their authors live them; one a minute in the past.
    clock
        The time.

    Attributes
    ----------
    log
        What was played.
    official
        Account and handle of the brand.
    followers, handles, counts
        What the AppView answers about all this.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        now: datetime,
        catch_up_s: float = 45.0,
        small_talk_s: float = 1.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.log = JetstreamLog()
        self.official = (did_of("official"), tag_of(scenario.brand) + ".example")
        self.followers: dict[str, int] = {self.official[0]: 250_000}
        self.handles = {self.official[1]: self.official[0]}
        self.counts: dict[str, tuple[int, int, int]] = {}
        self._scenario = scenario
        self._utterances = scenario.utterances()
        self._now = now.timestamp()
        self._catch_up_s = catch_up_s
        self._small_talk_s = small_talk_s
        self._clock = clock
        self._uris: dict[str, str] = {}
        self._rkey = 0

    async def play(self) -> None:
        """Play all of it, from the first subscriber on."""
        await self.log.watched.wait()
        began = self._clock().timestamp()
        start = self._scenario.start.timestamp()
        speed = (self._now - start) / self._catch_up_s
        shift = began + self._catch_up_s - self._now
        due: list[tuple[str, str, dict[str, Any], int]] = []
        for planned in self._plan():
            elapsed = (planned.at - start) / speed if planned.at < self._now else planned.at + shift - began
            while (wait := began + elapsed - self._clock().timestamp()) > 0:
                await self.log.publish(*due)
                due.clear()
                await asyncio.sleep(min(wait, TICK_S))
            us = int((planned.at + shift) * 1e6)
            due.append((planned.did, "commit", _dated(planned.body, us), us))
        await self.log.publish(*due)

    def _plan(self) -> Iterator[Planned]:
        """Yield what is posted, in order, small talk included."""
        rng = random.Random(1)
        talk = self._scenario.start.timestamp()
        for utterance in self._utterances:
            while talk < utterance.at:
                yield Planned(talk, did_of(f"talk {rng.randrange(5000)}"), self._post(rng.choice(SMALL_TALK), {}))
                talk += 60.0 if talk < self._now else self._small_talk_s
            mention = utterance.mention
            if mention["kind"] == "scheduled":
                continue
            did = did_of(str(mention["author"]))
            followers = mention.get("followers")
            if isinstance(followers, int):
                self.followers[did] = followers
            yield Planned(utterance.at, did, self._said(did, mention))

    def _said(self, did: str, mention: dict[str, object]) -> dict[str, Any]:
        original = self._uris.get(str(mention.get("repost_of") or ""))
        if mention["kind"] == "repost" and original:
            self._count(original, reposts=1)
            return self._commit(REPOST, {"subject": {"uri": original, "cid": "bafyrei"}})
        text, tag = str(mention["text"]), tag_of(self._scenario.brand)
        extra: dict[str, Any] = {"langs": [mention["lang"]]}
        if tag not in tag_of(text):
            extra["tags"] = [tag]
        parent = self._uris.get(str(mention.get("reply_to") or ""))
        if parent:
            self._count(parent, replies=1)
            reference = {"uri": parent, "cid": "bafyrei"}
            extra["reply"] = {"root": reference, "parent": reference}
        body = self._post(text, extra)
        uri = f"at://{did}/{POST}/{body['rkey']}"
        self._uris[str(mention["id"])] = uri
        self.counts[uri] = (0, 0, 0)
        return body

    def _post(self, text: str, extra: dict[str, Any]) -> dict[str, Any]:
        return self._commit(POST, {"text": text} | extra)

    def _commit(self, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        self._rkey += 1
        return commit(collection, f"{self._rkey:013x}", record)

    def _count(self, uri: str, reposts: int = 0, replies: int = 0) -> None:
        shared, liked, replied = self.counts[uri]
        self.counts[uri] = (shared + reposts, liked + 3 * reposts, replied + replies)


def did_of(name: str) -> str:
    """Return the account of a person by any name."""
    digest = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()
    return f"did:plc:{digest[:24]}"


def tag_of(text: str) -> str:
    """Return a text as a hashtag writes it: in lower case, without spaces."""
    return "".join(text.lower().split())


def sample_frames(rng: random.Random, count: int) -> Sequence[bytes | bytearray | memoryview]:
    """Return made-up frames, to train a compression dictionary on."""
    frames: list[bytes | bytearray | memoryview] = []
    for number in range(count):
        us = 1_783_175_888_000_000 + number * 25_000
        text = " ".join(rng.choice(SMALL_TALK).split()[: rng.randint(2, 8)])
        record = {"text": text, "langs": ["en"], "createdAt": rfc3339_us(us)}
        did = did_of(str(rng.random()))
        if number % 3 == 0:
            subject = {"uri": f"at://{did_of(str(rng.random()))}/{POST}/{number:013x}", "cid": "bafyrei"}
            body = commit(REPOST, f"{number:013x}", {"subject": subject, "createdAt": rfc3339_us(us)})
        else:
            body = commit(POST, f"{number:013x}", record)
        frames.append(frame_v2(LoggedEvent(1000 + number, us, did, "commit", body)))
    return frames


def _dated(body: dict[str, Any], us: int) -> dict[str, Any]:
    return body | {"record": body["record"] | {"createdAt": rfc3339_us(us)}}
