"""What systemd hears on its socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rolecall import systemd


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def test_every_sign_of_life_has_the_words_of_sd_notify(ear: socket.socket) -> None:
    systemd.ready("watching 2 sources")
    systemd.alive()
    systemd.reloading()
    systemd.stopping()
    heard = [ear.recv(1000).decode() for _ in range(4)]
    assert heard[0] == "READY=1\nSTATUS=watching 2 sources"
    assert heard[1] == "WATCHDOG=1"
    assert heard[2].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert heard[3] == "STOPPING=1"


def test_a_status_cannot_hold_a_second_message(ear: socket.socket) -> None:
    systemd.status("the disk said\nSTOPPING=1")
    assert ear.recv(1000) == b"STATUS=the disk said STOPPING=1"


def test_an_abstract_socket_is_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0rolecall-{os.getpid()}")
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@rolecall-{os.getpid()}")
        assert systemd.notify("READY=1")
        assert sock.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_without_systemd_nothing_happens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not systemd.notify("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "expected"),
    [("120000000", None, 60.0), ("", None, None), ("soon", None, None), ("120000000", "1", None)],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_asks(
    usec: str, pid: str | None, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", pid or str(os.getpid()))
    assert systemd.watchdog_interval() == expected
