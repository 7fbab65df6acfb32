"""A webhook takes deliveries of those alone who hold its secret, and its settings are checked at start."""

import asyncio
import base64
from datetime import timedelta
from pathlib import Path

import pytest

from streams.errors import ConfigError
from streams.settings.sources import CollectorSettings, WebhookConfig
from streams.sources.webhook.hook import Webhook
from streams.sources.webhook.receiver import Receiver
from streams.sources.webhook.schemes import Credentials, verify_standard
from tests.sources.fakes.senders import SENDERS, STANDARD_SECRET, standard
from tests.sources.fakes.webhook_site import NOW, SIGNED, encoded, mention, site

KEY = "s" * 32
NOT_BASE64, SHORT, NOWHERE = "whsec_é", "short", "/none"


def test_the_published_vector_of_standard_webhooks_is_accepted() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    verdict = verify_standard(Credentials(headers), b'{"test": 2432232314}', [key], 1614265330.0)
    assert (verdict.delivery, verdict.fault) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", None)


@pytest.mark.parametrize("scheme", SENDERS)
def test_a_delivery_signed_by_its_sender_is_answered_202_once_it_is_committed(scheme: str) -> None:
    secret, sign = SENDERS[scheme]

    async def run() -> None:
        async with site(WebhookConfig(scheme=scheme, secret=secret, network="support")) as desk:
            body = encoded(mention())
            reply = await desk.post(body, sign(body, NOW))
            assert (reply.status, reply.body) == (202, {"accepted": 1})
            (post,) = desk.collector.posts
            assert (post.id, post.text, post.network, post.brand) == ("m1", "no signal 1", "support", None)

    asyncio.run(run())


@pytest.mark.parametrize("scheme", SENDERS)
def test_a_delivery_that_was_changed_or_signed_with_another_key_is_answered_401(scheme: str) -> None:
    secret, sign = SENDERS[scheme]

    async def run() -> None:
        async with site(WebhookConfig(scheme=scheme, secret=secret)) as desk:
            body = encoded(mention())
            if scheme != "header":
                assert (await desk.post(body + b" ", sign(body, NOW))).status == 401
            strange = {name: "sha256=é" if "ignature" in name else value for name, value in sign(body, NOW).items()}
            strange |= {"X-Webhook-Secret": "é" * 20}
            assert (await desk.post(body, strange)).status == 401
            assert (await desk.post(body, {})).status == 401
            assert desk.collector.posts == []

    asyncio.run(run())


@pytest.mark.parametrize("scheme", ["standard", "zendesk", "chatwoot"])
@pytest.mark.parametrize("direction", [-1, 1])
def test_a_delivery_dated_more_than_five_minutes_from_now_is_answered_401(scheme: str, direction: int) -> None:
    secret, sign = SENDERS[scheme]

    async def run() -> None:
        async with site(WebhookConfig(scheme=scheme, secret=secret)) as desk:
            body = encoded(mention(created_at="2026-11-25T17:00:00Z"))
            headers = sign(body, NOW)
            desk.now = NOW + direction * timedelta(seconds=301)
            assert (await desk.post(body, headers)).status == 401
            desk.now = NOW + direction * timedelta(seconds=300)
            assert (await desk.post(body, headers)).status == 202
            undated = {name: "9" * 5000 if "imestamp" in name else value for name, value in headers.items()}
            assert (await desk.post(body, undated)).status == 401

    asyncio.run(run())


def test_both_keys_are_accepted_while_senders_change_over_and_one_header_may_hold_two_signatures() -> None:
    old, new = b"o" * 24, b"n" * 24

    async def run() -> None:
        config = WebhookConfig(
            secret="whsec_" + base64.b64encode(new).decode(), previous_secret=base64.b64encode(old).decode()
        )
        async with site(config) as desk:
            for number, key in enumerate((new, old, b"x" * 24)):
                body = encoded(mention(number))
                reply = await desk.post(body, standard(body, NOW, key, f"msg_{number}"))
                assert reply.status == (401 if key[:1] == b"x" else 202)
            body = encoded(mention(9))
            headers = standard(body, NOW, b"x" * 24, "msg_9")
            headers["webhook-signature"] += " v1a,zzz " + standard(body, NOW, new, "msg_9")["webhook-signature"]
            assert (await desk.post(body, headers)).status == 202

    asyncio.run(run())


def test_a_key_changed_in_its_file_holds_at_once_and_a_lost_file_is_answered_503(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(STANDARD_SECRET + "\n")

    async def run() -> None:
        async with site(WebhookConfig(secret_file=str(file))) as desk:
            assert (await desk.deliver(mention())).status == 202
            file.write_text("whsec_" + base64.b64encode(b"n" * 24).decode())
            assert (await desk.deliver(mention(2), "msg_2")).status == 401
            file.unlink()
            assert (await desk.deliver(mention(3), "msg_3")).status == 503

    asyncio.run(run())


def test_metas_handshake_is_answered_with_its_challenge_only_for_the_configured_token() -> None:
    async def run() -> None:
        for token, asked, status, text in [
            ("vt", "vt", 200, "<42>"),
            ("vt", "wrong", 403, None),
            ("vt", "é", 403, None),
            ("", "", 403, None),
        ]:
            async with site(WebhookConfig(scheme="meta", secret=KEY, verify_token=token)) as desk:
                query = {"hub.mode": "subscribe", "hub.verify_token": asked, "hub.challenge": "<42>"}
                async with desk.session.get(desk.url, params=query) as response:
                    assert response.status == status
                    assert response.content_type == ("text/plain" if status == 200 else "application/json")
                    assert text is None or await response.text() == text
                async with desk.session.get(desk.url + "er", params=query) as response:
                    assert response.status == 404

    asyncio.run(run())


def test_a_sender_that_cannot_sign_is_known_by_the_secret_at_the_end_of_its_address() -> None:
    async def run() -> None:
        async with site(WebhookConfig(scheme="path", secret=KEY)) as desk:
            assert (await desk.post(encoded(mention()), {}, path="/" + KEY)).status == 202
            assert (await desk.post(encoded(mention(2)), {}, path="/" + KEY[1:])).status == 401
            assert (await desk.post(encoded(mention(3)), {})).status == 401

    asyncio.run(run())


def test_a_secret_is_read_from_the_header_that_its_sender_uses() -> None:
    async def run() -> None:
        config = WebhookConfig(scheme="header", header="Authorization", secret=KEY)
        async with site(config) as desk:
            assert (await desk.post(encoded(mention()), {"Authorization": "Bearer " + KEY})).status == 202
            assert (await desk.post(encoded(mention(2)), {"X-Webhook-Secret": KEY})).status == 401

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("a/b", SIGNED, "expected a name of at most 64 letters"),
        ("desk", WebhookConfig(scheme="md5", secret=KEY), "sources.desk.scheme: expected one of standard, meta"),
        ("desk", WebhookConfig(), "sources.desk.secret: expected the secret that its sender has, got none"),
        ("desk", WebhookConfig(secret=NOT_BASE64), "sources.desk.secret: expected a secret `whsec_…` in base64"),
        ("desk", WebhookConfig(scheme="header", secret=SHORT), "at least 16 characters, got 5"),
        ("desk", WebhookConfig(secret_file=NOWHERE), "sources.desk.secret_file: expected a readable file"),
        ("desk", WebhookConfig(secret=STANDARD_SECRET, form="none"), "sources.desk.form: expected chatwoot, discourse"),
        (
            "desk",
            WebhookConfig(secret=STANDARD_SECRET, form="/none.toml"),
            "expected a readable TOML file at /none.toml",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(name: str, config: WebhookConfig, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Webhook(name, config, CollectorSettings(), receiver=Receiver("127.0.0.1:0"))


@pytest.mark.parametrize("listen", ["9465", ":9465", "127.0.0.1:99999", "127.0.0.1:"])
def test_a_wrong_address_is_named(listen: str) -> None:
    with pytest.raises(ConfigError, match=r"source\.listen: expected ADDRESS:PORT"):
        Receiver(listen)


def test_a_port_in_use_is_named() -> None:
    async def run() -> None:
        async with Receiver("127.0.0.1:0") as first:
            with pytest.raises(ConfigError, match=r"source\.listen: expected a free port on 127\.0\.0\.1"):
                async with Receiver(f"127.0.0.1:{first.port}"):
                    pass

    asyncio.run(run())


def test_a_signature_of_bytes_that_are_no_text_is_answered_401() -> None:
    async def run() -> None:
        async with site() as desk:
            body = encoded(mention())
            headers = standard(body, NOW) | {"Content-Type": "application/json", "Content-Length": str(len(body))}
            headers["webhook-signature"] = "v1,\udcff"
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            request = f"POST /hooks/desk HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode("utf-8", "surrogateescape")
            reader, writer = await asyncio.open_connection("127.0.0.1", desk.receiver.port)
            writer.write(request + body)
            assert (await reader.readline()).split()[1] == b"401"
            writer.close()

    asyncio.run(run())
