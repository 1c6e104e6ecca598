"""Addresses that no feed may make us dial. Nothing here connects: the refusal comes before the socket does."""

from __future__ import annotations

import ipaddress
import re
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.errors import Refused, Unreachable
from rolecall.fetch import HttpFetcher, forbidden
from rolecall.fetch.guard import Forbidden, guarded_socket
from rolecall.model import Request, Validators
from tests.fakes.board import Board

EVIL = [
    "0.0.0.0",  # noqa: S104 # the address is the test
    "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.8.8",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2001:2::1",
    "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456:789a::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
GOOD = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "198.17.0.1",
    "2606:4700::1111",
]

LITERALS = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://localhost/",
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1:8080/", "http://192.168.1.1/", "http://[fe80::1]/",
    "http://[fd00::1]/", "http://[64:ff9b::a00:1]/", "http://[2002:7f00:1::]/", "http://100.64.0.1/", "http://0.0.0.0/",
]  # fmt: skip

TARGETS = [*LITERALS, *(f"http://{f'[{a}]' if ':' in a else a}/jobs" for a in EVIL if "%" not in a)]

BEFORE_CONNECTING = re.compile("not a public address|not known to the name service|not a valid one")


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every socket that the guard lets through is noted here instead of being made."""
    made: list[object] = []

    def note(*args: object, **_: object) -> socket.socket:
        made.append(args)
        raise OSError("no socket in this test")

    monkeypatch.setattr("rolecall.fetch.guard.socket", note)
    return made


@pytest.mark.parametrize("address", EVIL)
def test_an_address_that_is_not_public_is_forbidden(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", GOOD)
def test_a_public_address_is_allowed(address: str) -> None:
    assert forbidden(address) is None


@pytest.mark.parametrize("address", ["", "example.org", "1.2.3", "::g"])
def test_what_is_no_numeric_address_is_forbidden(address: str) -> None:
    assert forbidden(address) == "not an address"


@settings(max_examples=100)
@given(st.ip_addresses())
def test_whatever_the_standard_library_calls_not_global_is_forbidden(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert forbidden(str(address)) or address.is_global


@settings(max_examples=50)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_address_is_never_allowed(address: ipaddress.IPv4Address) -> None:
    assert forbidden(f"::ffff:{address}")
    assert forbidden(f"64:ff9b::{address}")
    assert forbidden(f"::{address}")


@pytest.mark.parametrize("address", EVIL)
def test_the_guard_refuses_before_a_socket_exists(address: str, dialled: list[object]) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(Forbidden):
        guarded_socket((family, socket.SOCK_STREAM, 6, "", (address, 80)))
    assert dialled == []


@pytest.mark.parametrize("url", LITERALS)
async def test_an_address_however_it_is_written_is_refused_before_a_socket_exists(
    url: str, dialled: list[object]
) -> None:
    async with HttpFetcher(pause=0) as fetcher:
        with pytest.raises((Refused, Unreachable)) as caught:  # unreachable: the resolver knows no such spelling
            await fetcher.fetch(Request(url), Validators())
    assert dialled == []
    assert BEFORE_CONNECTING.search(str(caught.value))


async def test_a_loopback_address_is_refused_with_advice_and_the_server_never_sees_a_request() -> None:
    async with Board() as board, HttpFetcher(pause=0) as fetcher:
        url = board.serve("/feed", "<rss/>")
        with pytest.raises(Refused, match="not a public address; set `allow_private`"):
            await fetcher.fetch(Request(url), Validators())
    assert board.asked == []


@pytest.mark.parametrize("target", TARGETS)
async def test_a_redirect_is_guarded_like_a_first_address(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Board() as board:
        port = int(board.url.rpartition(":")[2])
        start = board.redirect("/feed", target)
        dialled: list[object] = []
        real = socket.socket

        def only_the_board(info: tuple[object, ...]) -> socket.socket:
            """Let the first hop through, as if the board were public; everything else meets the real guard."""
            address = info[4]
            if isinstance(address, tuple) and address[:2] == ("127.0.0.1", port):
                return real(socket.AF_INET, socket.SOCK_STREAM)
            dialled.append(address)
            return guarded_socket(info)

        monkeypatch.setattr("rolecall.fetch.http.guarded_socket", only_the_board)
        monkeypatch.setattr("rolecall.fetch.guard.socket", lambda *_: pytest.fail("a socket was made"))
        async with HttpFetcher(pause=0) as fetcher:
            with pytest.raises((Refused, Unreachable)) as caught:
                await fetcher.fetch(Request(start), Validators())
    assert len(board.asked) == 1
    assert BEFORE_CONNECTING.search(str(caught.value))
