"""A webhook's receiver can trust what it gets, drop a copy, and say no in many ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import pytest

from rolecall.errors import Deferred, DeliveryError, Rejected, Unsendable
from rolecall.secret import Secret
from rolecall_notifiers.webhook import Webhook, signature
from tests.cards import HOSTILE, card, message
from tests.fakes.receiver import Receiver

KEY = "a key of ours"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as opened:
        yield opened


@pytest.fixture
async def hook(receiver: Receiver) -> AsyncIterator[Webhook]:
    webhook = Webhook(Secret(receiver.url), Secret(KEY))
    await webhook.open()
    yield webhook
    await webhook.close()


async def test_the_receiver_can_check_who_sent_it_and_when(hook: Webhook, receiver: Receiver) -> None:
    assert await hook.send(message()) == "200"
    headers, body = receiver.got[0]
    signed = f"outbox-17.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


async def test_a_repeated_message_carries_the_same_id(hook: Webhook, receiver: Receiver) -> None:
    await hook.send(message())
    await hook.send(message())
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ["outbox-17", "outbox-17"]


def test_the_example_of_the_standard_comes_out_as_it_says() -> None:
    body = b'{"test": 2432232314}'
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    said = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_jobs_travel_as_data_with_everything_a_program_needs(hook: Webhook, receiver: Receiver) -> None:
    many = [card(number) for number in range(1, 31)]
    await hook.send(message("digest", *many, card(31, title=HOSTILE, url="javascript:alert(1)")))
    (sent,) = receiver.bodies
    assert sent["kind"] == "digest"
    assert [job["job"] for job in sent["jobs"]] == [f"job-{number}" for number in range(1, 32)]
    assert sent["jobs"][0]["pay"] == "£75k–£85k"
    assert sent["jobs"][0]["attribution"] == "Jobs by Example Board"
    assert sent["jobs"][30]["url"] == ""
    assert "\x1b" not in json.dumps(sent["jobs"][30], ensure_ascii=False)


@pytest.mark.parametrize(
    ("status", "outcome", "ambiguous"),
    [
        (429, Deferred, False), (503, Deferred, False), (500, Deferred, True), (302, Rejected, False),
        (401, Rejected, False), (404, Rejected, False), (410, Rejected, False), (413, Unsendable, False),
    ],
)  # fmt: skip
async def test_every_refusal_has_its_outcome(
    hook: Webhook, receiver: Receiver, status: int, outcome: type[DeliveryError], ambiguous: bool
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": "7", "Location": "http://127.0.0.1:1/"}
    with pytest.raises(outcome) as raised:
        await hook.send(message())
    assert getattr(raised.value, "ambiguous", False) is ambiguous
    assert len(receiver.got) == 1  # a redirect is not followed
    if isinstance(raised.value, Deferred):
        assert raised.value.retry_after == 7
        assert raised.value.counts is (status != 429)


@pytest.mark.parametrize("fault", ["cut", "silent"])
async def test_a_lost_answer_may_have_arrived(receiver: Receiver, fault: str) -> None:
    setattr(receiver, fault, True)
    webhook = Webhook(Secret(receiver.url), Secret(KEY), timeout=0.5)
    await webhook.open()
    with pytest.raises(Deferred) as raised:
        await webhook.send(message())
    await webhook.close()
    assert raised.value.ambiguous


async def test_nobody_there_is_no_doubt_and_no_secret() -> None:
    webhook = Webhook(Secret("http://127.0.0.1:9/hook/s3cret-path"))
    await webhook.open()
    with pytest.raises(Deferred) as raised:
        await webhook.send(message())
    await webhook.close()
    assert not raised.value.ambiguous
    assert "s3cret" not in str(raised.value)
    assert raised.value.__suppress_context__
    assert "s3cret" not in repr(webhook)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        Webhook(Secret("ftp://example.org/x"))
