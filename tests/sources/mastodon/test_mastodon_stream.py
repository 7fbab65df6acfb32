"""What a user can rely on where mentions come from Mastodon as they are published."""

from datetime import timedelta
from typing import Any

from streams.sources.source import Batch, Post, Recounts
from tests.sources.fakes.fake_mastodon import DOMAIN, FakeMastodon
from tests.sources.mastodon.mastodon_reading import BRAND, open_source, read_while
from tests.sources.reading import Clock, posts_of, read_until, refused_of, run


async def published(text: str, acct: str = "ann", **fields: Any) -> Post:
    """Return what comes of one status."""
    clock = Clock()
    async with FakeMastodon(clock) as server:
        batches = await read_while(server, open_source(server, clock), lambda: server.publish(text, acct, **fields))
        (post,) = posts_of(batches)
        return post


def test_a_status_with_a_hashtag_arrives_with_all_that_mastodon_says_of_it() -> None:
    post = run(
        published(
            "H&amp;M and #acme <br>again",
            "ann@far.example",
            language="fr",
            spoiler_text="Complaint",
            reblogs_count=1,
            favourites_count=2,
            replies_count=3,
            mentions=[{"id": "1", "acct": "acme"}, {"id": "2", "acct": "Bob@far.example"}],
            card={"url": "https://acme.example/box", "title": "The box", "description": "A box"},
            media_attachments=[{"description": "A broken box"}, {"description": None}],
            quote={"state": "accepted", "quoted_status": quoted()},
        )
    )
    assert post.text == "Complaint\nH&M and #acme\nagain"
    assert post.searched == "The box\nA box\nhttps://acme.example/box\nA broken box\n#acme"
    assert (post.author, post.followers, post.lang, post.kind) == ("ann@far.example", 7, "fr", "post")
    assert (post.reposts, post.likes, post.replies) == (1, 2, 3)
    assert post.addressed == (BRAND, "bob@far.example")
    assert post.about == "https://far.example/1"
    assert post.id.startswith(f"https://{DOMAIN}/users/")
    assert post.created_at == Clock().now


def quoted() -> dict[str, Any]:
    account = {"acct": "cy@far.example"}
    return {"id": "1", "uri": "https://far.example/1", "created_at": "2026-10-01T11:00:00Z", "account": account}


def test_a_status_that_several_streams_show_is_read_once() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            source = open_source(server, clock, hashtags=("acme", "box"))

            def act() -> None:
                status = server.publish("#acme and #box")
                server.home("update", status)
                server.publish("#acme last")

            return posts_of(await read_while(server, source, act, 2, streams=3))

    assert [post.text for post in run(test())] == ["#acme and #box", "#acme last"]


def test_a_reply_names_what_it_replies_to_where_the_server_has_shown_that() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def act() -> None:
                first = server.publish("#acme broke")
                server.publish("#acme it did", in_reply_to_id=first["id"])
                server.publish("#acme what did", in_reply_to_id="12345")

            return posts_of(await read_while(server, open_source(server, clock), act, 3))

    first, second, third = run(test())
    assert (second.kind, second.reply_to) == ("reply", first.id)
    assert (third.kind, third.reply_to) == ("reply", None)


def test_who_mentions_the_brand_s_account_is_read_without_any_hashtag() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def act() -> None:
                account = {"acct": "dan@far.example", "indexable": False, "followers_count": 3}
                for kind in ("follow", "favourite", "mention"):
                    server.notify(kind, server.status(f"a {kind}", account=account, mentions=[{"acct": "acme"}]))

            return posts_of(await read_while(server, open_source(server, clock), act))

    (post,) = run(test())
    assert (post.text, post.addressed) == ("a mention", (BRAND,))


def test_a_repost_carries_the_text_of_what_it_reposts_and_says_so() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def act() -> None:
                original = server.status("Acme broke", "eve@far.example", reblogs_count=900)
                server.home("update", server.status("", "fay@far.example", content="", reblog=original))

            return posts_of(await read_while(server, open_source(server, clock), act))

    (post,) = run(test())
    assert (post.kind, post.text, post.author, post.reposts) == ("repost", "Acme broke", "fay@far.example", None)
    assert post.repost_of == post.about
    assert post.repost_of != post.id


def test_an_edit_is_an_update_of_the_same_publication_and_comes_once() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def act() -> None:
                status = server.publish("#acme is fine")
                edit = {**status, "content": "<p>#acme is awful</p>", "edited_at": "2026-10-01T12:01:00Z"}
                server.event("status.update", edit)
                server.home("status.update", edit)
                server.publish("#acme last")

            return posts_of(await read_while(server, open_source(server, clock), act, 3))

    first, edit, last = run(test())
    assert (edit.kind, edit.id, edit.text) == ("update", first.id, "#acme is awful")
    assert last.text == "#acme last"


def test_a_deletion_counts_only_where_the_brand_deletes_its_own_also_after_a_restart() -> None:
    async def test() -> tuple[list[Post], list[Post]]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            own: list[dict[str, Any]] = []

            def act() -> None:
                other = server.publish("#acme broke")
                own.append(server.status("We are sorry", "acme"))
                server.home("update", own[0])
                server.home("delete", other["id"])

            before = await read_while(server, open_source(server, clock), act, 2)

            def delete() -> None:
                server.home("delete", own[0]["id"])
                server.home("delete", own[0]["id"])
                server.publish("#acme last")

            after = await read_while(server, open_source(server, clock), delete, 2, cursor=before[-1].cursor)
            return posts_of(before), [post for post in posts_of(after) if post.text != "#acme broke"]

    (_, statement), (deletion, last) = run(test())
    assert statement.author == BRAND
    assert (deletion.id, deletion.kind, deletion.author) == (f"deletion:{statement.id}", "deletion", BRAND)
    assert deletion.reply_to == deletion.about == statement.id
    assert last.text == "#acme last"


def test_what_is_not_public_or_whose_author_did_not_consent_is_left_out_and_counted() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            account = {"acct": "gil@far.example", "indexable": False}

            def act() -> None:
                server.notify("mention", server.status("a letter", visibility="direct"))
                server.home("update", server.status("for followers", visibility="private"))
                server.publish("#acme not to be searched", account=account)
                server.publish("#acme for all")

            return await read_while(server, open_source(server, clock), act)

    batches = run(test())
    assert [post.text for post in posts_of(batches)] == ["#acme for all"]
    assert refused_of(batches) == {"private": 2, "not_indexable": 1}


def test_consent_can_be_set_aside_and_never_silences_who_addresses_the_brand() -> None:
    async def test(respect: bool) -> list[str]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            account = {"acct": "gil@far.example", "indexable": False}

            def act() -> None:
                status = server.publish("#acme", account=account, mentions=[{"acct": "acme"}])
                server.notify("mention", status)

            source = open_source(server, clock, respect_indexable=respect)
            return [post.text for post in posts_of(await read_while(server, source, act))]

    assert run(test(True)) == run(test(False)) == ["#acme"]


def test_a_quiet_stream_says_up_to_when_it_is_complete_as_long_as_it_pings() -> None:
    async def test() -> Batch:
        clock = Clock()
        async with FakeMastodon(clock) as server:

            def enough(batches: list[Batch]) -> bool:
                clock.advance(seconds=20)
                return len(batches) == 5

            return (await read_until(open_source(server, clock), None, enough))[-1]

    batch = run(test())
    assert not batch.posts
    assert batch.complete_to is not None
    assert batch.complete_to >= Clock().now + timedelta(seconds=50)


def test_shared_statuses_are_counted_again() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            source = open_source(server, clock)
            assert isinstance(source, Recounts)
            reading = source.read(None)
            await anext(reading)
            await server.subscribed(2)
            status = server.publish("#acme broke")
            while not (await anext(reading)).posts:
                pass
            status["reblogs_count"] = 900
            clock.advance(minutes=15)
            counted = list(await source.recount([status["uri"], "https://far.example/unknown"]))
            server.refuse["/api/v1/statuses"] = (503, {}, "")
            assert not await source.recount([status["uri"]])
            await reading.aclose()
            assert not await source.recount([status["uri"]])
            return counted

    (post,) = run(test())
    assert (post.kind, post.reposts) == ("update", 900)
    assert post.created_at == Clock().now + timedelta(minutes=15)
