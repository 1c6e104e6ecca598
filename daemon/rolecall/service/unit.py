"""The unit that we ship, and what one installation adds to it in a file of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rolecall.config.model import SERVICE_CONFIG, SERVICE_STATE

NAME = "rolecall.service"
CONFIG, STATE = SERVICE_CONFIG, SERVICE_STATE
CREDENTIALS = CONFIG.parent / "credentials"
UNITS = Path("/etc/systemd/system")
UNIT = UNITS / NAME
ADDITION = UNITS / f"{NAME}.d" / "10-installed.conf"
PROGRAM = Path("/opt/rolecall/bin/rolecall")
HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user")))  # by ProtectHome=

_HEAD = """\
# Written by `rolecall service install`, which writes it anew. Changes of your own: `systemctl edit rolecall`.
[Service]
"""


def shipped() -> str:
    """Return the text of the unit file: in an installed Rolecall from its package, in a checkout from systemd/."""
    packaged = Path(__file__).with_name(NAME)
    checkout = Path(__file__).parents[3] / "systemd" / NAME
    return (packaged if packaged.is_file() else checkout).read_text(encoding="utf-8")


def addition(program: Path, credentials: Iterable[str]) -> str:
    """Return what stands beside the unit: where the program is, if elsewhere, and which credentials it is given."""
    lines = [] if program == PROGRAM else ["ExecStart=", f"ExecStart={program} run --config {CONFIG}"]
    lines += [f"LoadCredential={name}:{CREDENTIALS / name}" for name in sorted(credentials)]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def is_hidden(path: Path) -> bool:
    """Can the service not see what lies there?"""
    return any(path.is_relative_to(home) for home in HIDDEN)
