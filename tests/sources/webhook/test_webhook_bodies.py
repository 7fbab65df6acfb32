"""A body is one mention, a list or lines of them; each is decoded as strictly as the scorer would, by itself."""

import asyncio
from typing import Any

from tests.sources.fakes.senders import standard
from tests.sources.fakes.webhook_site import NOW, encoded, mention, site


def test_what_is_no_json_is_answered_400_and_what_says_it_is_none_415() -> None:
    async def run() -> None:
        async with site() as desk:
            assert (await desk.deliver(b'{"id"')).status == 400
            assert (await desk.deliver(b"\xff\xfe", "msg_2")).status == 400
            assert (await desk.deliver(b"[" * 100_000, "msg_3")).status == 400
            assert (await desk.deliver(mention(), content_type="text/plain")).status == 415
            assert (await desk.deliver(mention(), content_type="application/vnd.acme.v1+json")).status == 202
            body = encoded(mention(2))
            headers = standard(body, NOW, delivery="msg_4") | {"Content-Encoding": "gzip"}
            assert (await desk.post(body, headers)).status == 415

    asyncio.run(run())


def test_json_that_is_no_mention_is_answered_422_and_becomes_a_dead_letter() -> None:
    async def run() -> None:
        async with site() as desk:
            body = b'{"id": "1", "text": "undated"}'
            reply = await desk.deliver(body)
            assert (reply.status, reply.body["first"]["reason"]) == (422, "missing")
            (letter,) = desk.collector.committed[0].dead_letters
            assert (letter.reason, letter.source, letter.offset, letter.value) == ("missing", "hooks/desk", 0, body)
            assert desk.collector.committed[0].refused == {"missing": 1}
            assert (await desk.deliver(body)).status == 200

    asyncio.run(run())


def test_one_bad_mention_of_a_list_does_not_hold_the_others_back() -> None:
    async def run() -> None:
        async with site() as desk:
            reply = await desk.deliver([mention(1), {"id": "2"}, "three", mention(4)])
            assert reply.status == 202
            assert (reply.body["accepted"], reply.body["refused"], reply.body["first"]["index"]) == (2, 2, 1)
            assert [post.id for post in desk.collector.posts] == ["m1", "m4"]
            assert [letter.value for letter in desk.collector.committed[0].dead_letters] == [b'{"id":"2"}', b'"three"']

    asyncio.run(run())


def test_json_lines_are_mentions_and_a_cut_off_line_is_a_dead_letter() -> None:
    async def run() -> None:
        async with site() as desk:
            body = encoded(mention(1)) + b"\n\n" + encoded(mention(2)) + b'\r\n{"id": "3", "te'
            reply = await desk.deliver(body, content_type="application/x-ndjson; charset=utf-8")
            assert (reply.status, reply.body["accepted"]) == (202, 2)
            (letter,) = desk.collector.committed[0].dead_letters
            assert (letter.reason, letter.value) == ("json", b'{"id": "3", "te')
            assert (await desk.deliver(b"no\njson", "msg_2", "application/x-ndjson")).status == 400

    asyncio.run(run())


def test_a_text_cut_inside_an_emoji_is_read() -> None:
    async def run() -> None:
        async with site() as desk:
            reply = await desk.deliver(encoded(mention()).replace(b"no signal", rb"no signal \ud83d"))
            assert reply.status == 202
            assert desk.collector.posts[0].text.startswith("no signal \ufffd")

    asyncio.run(run())


def test_a_mention_says_its_brand_kind_and_counts_and_is_refused_where_its_time_lies_ahead() -> None:
    async def run() -> None:
        async with site() as desk:
            fields: dict[str, Any] = {
                "brand": "Acme",
                "network": "crm",
                "kind": "scheduled",
                "official": True,
                "likes": 3,
                "author": "a",
            }
            assert (await desk.deliver(mention(**fields))).status == 202
            (post,) = desk.collector.posts
            assert (post.brand, post.network, post.kind, post.official, post.likes, post.author) == tuple(
                fields.values()
            )
            ahead = await desk.deliver(mention(created_at="2026-11-25T18:01:01Z"), "msg_2")
            assert (ahead.status, ahead.body["first"]["reason"]) == (422, "future")

    asyncio.run(run())


def test_a_heartbeat_says_how_far_its_sender_is_complete_for_one_brand_or_for_all() -> None:
    async def run() -> None:
        async with site() as desk:
            beat = {"id": "h1", "kind": "heartbeat", "created_at": "2026-11-25T17:59:00Z"}
            assert (await desk.deliver(beat)).body == {"accepted": 1}
            assert desk.collector.committed[0].complete_to == NOW.replace(hour=17, minute=59)
            ahead = beat | {"id": "h2", "created_at": "2026-11-25T18:00:30Z"}
            assert (await desk.deliver(ahead, "msg_2")).status == 202
            assert desk.collector.committed[1].complete_to == NOW
            assert (await desk.deliver(beat | {"brand": "Acme", "network": "crm"}, "msg_3")).status == 202
            assert [(post.kind, post.brand, post.network) for post in desk.collector.posts] == [
                ("heartbeat", "Acme", "crm")
            ]
            assert (await desk.deliver(beat | {"network": "crm"}, "msg_4")).status == 422

    asyncio.run(run())
