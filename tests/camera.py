"""Photographs of what Rolecall shows: pages in headless Chromium, chats as Telegram shows them, terminals."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageChops

from rolecall import demo
from rolecall.demo.board import serve
from tests.fakes.telegram import Edit, FakeTelegram
from tests.test_app import TELEGRAM, rolecall
from tests.test_digest import CHROMIUM, FLAGS
from tests.waiting import until

FRAME = """<!doctype html><body style="margin:0">
<iframe src="{page}" style="border:0;width:{width}px;height:{height}px"></iframe>"""
MARGIN = 16  # pixels below what is shown


def photograph(page: str, target: Path, width: int, height: int, *, dark: bool) -> None:
    """Show a page in a window of this width, at most so high, and keep what can be seen of it as a PNG."""
    with tempfile.TemporaryDirectory() as folder:
        inner, outer = Path(folder, "page.html"), Path(folder, "outer.html")
        inner.write_text(page, encoding="utf-8")
        outer.write_text(FRAME.format(page=inner.name, width=width, height=height))  # Chromium is never below 500 wide
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        size, profile = f"--window-size={max(width, 500)},{height}", f"--user-data-dir={folder}/profile"
        run = [str(CHROMIUM), *FLAGS, scheme, size, profile, f"--screenshot={target}", outer.as_uri()]
        subprocess.run(run, check=True, capture_output=True, timeout=120)
    with Image.open(target) as picture:
        _cut(picture.convert("RGB").crop((0, 0, width, height))).save(target, optimize=True)


def _cut(picture: Image.Image) -> Image.Image:
    """Leave out the empty ground below."""
    ground = Image.new("RGB", picture.size, picture.getpixel((picture.width - 1, picture.height - 1)))
    found = ImageChops.difference(picture, ground).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, found[3] + MARGIN))) if found else picture


# --- chats ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def written() -> AsyncIterator[list[Edit]]:
    """Let the real daemon watch the demo's boards and write to a chat, whose owner applies for one job."""
    async with serve() as board, FakeTelegram() as fake:
        with tempfile.TemporaryDirectory() as folder:
            config = files(demo).joinpath("config.toml").read_text(encoding="utf-8").replace("PORT", str(board.port))
            config = re.sub(r"\[channel\.digest\][^[]*", TELEGRAM.format(fake.base_url), config)
            config = config.replace('"digest"', '"telegram"').replace("chat_id = 1", "chat_id = 42")
            Path(folder, "config.toml").write_text(config, encoding="utf-8")  # noqa: ASYNC240 # it is small
            async with rolecall(Path(folder), "run"):
                await until(lambda: len(fake.messages) >= 3, "the summaries and an alert")
                fake.press("✓ Applied")
                await until(lambda: fake.edits, "the edit")
            yield [fake.now(number) for number in range(1, len(fake.messages) + 1)]


CHAT = """<!doctype html><meta charset="utf-8"><style>
:root { color-scheme: light dark }
body { margin: 0; padding: 14px 12px; background: #d5e0d3; font: 15px/1.38 -apple-system, Roboto, Arial, sans-serif }
.bubble { background: #fff; color: #000; border-radius: 14px; padding: 8px 12px; white-space: pre-wrap;
  overflow-wrap: anywhere }
.message { width: 348px; margin: 0 0 14px }
a { color: #2a7ec4; text-decoration: none }
blockquote { margin: 0; padding: 3px 8px; border-left: 3px solid #3ca374; border-radius: 4px; background: #3ca3741c }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; min-width: 0; background: #5d7a5a99; color: #fff; font-weight: 500; font-size: 14px;
  text-align: center; padding: 8px 4px; border-radius: 8px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
@media (prefers-color-scheme: dark) {
  body { background: #0e1621 } .bubble { background: #182533; color: #f5f5f5 } a { color: #6ab3f3 }
  .row span { background: #23364a }
}
</style>"""
TAGS = {"bold": "b", "italic": "i", "code": "code", "blockquote": "blockquote"}


def bubbles(messages: list[Edit]) -> str:
    """Return a page that shows a chat about as Telegram does."""
    return CHAT + "".join(map(_bubble, messages))


def _bubble(message: Edit) -> str:
    rows = "".join(f'<div class="row">{"".join(map(_button, row))}</div>' for row in message.keyboard)
    return f'<div class="message"><div class="bubble">{_markup(message)}</div>{rows}</div>'


def _button(button: dict[str, str]) -> str:
    return f"<span>{escape(button['text'])}</span>"


def _markup(message: Edit) -> str:
    """Return a text with its entities as HTML; offsets count UTF-16 units."""
    units = message.text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for each in message.entities:
        start, end = each["offset"], each["offset"] + each["length"]
        tag = "a" if each["type"] == "text_link" else TAGS[each["type"]]
        marks += [(start, -end, f"<{tag}>"), (end, 10_000_000 - start, f"</{tag}>")]
    shown, at = "", 0
    for place, _, tag in sorted(marks, key=lambda mark: (mark[0], "/" not in mark[2], mark[1])):
        shown += escape(units[2 * at : 2 * place].decode("utf-16-le")) + tag
        at = place
    return shown + escape(units[2 * at :].decode("utf-16-le"))


# --- terminals ------------------------------------------------------------------------------------------------

SCREEN = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 18px 20px; background: #14181f; color: #d7dde5 }
pre { margin: 0; font: 13.5px/1.42 "DejaVu Sans Mono", monospace; white-space: pre-wrap }
</style><pre>"""
STYLES = {"1": "font-weight:700", "2": "color:#8893a2", "31": "color:#f07178", "32": "color:#7fd88f",
          "33": "color:#e6c07b", "34": "color:#79b8ff", "36": "color:#5ccfe6"}  # fmt: skip


def captured(*args: str) -> str:
    """Run the command in a terminal that is 100 wide, and return what it wrote there, colours included."""
    ours, theirs = pty.openpty()
    command, env = Path(sys.executable).with_name("rolecall"), os.environ | {"COLUMNS": "100", "TERM": "xterm-256color"}
    with subprocess.Popen([command, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=env):
        os.close(theirs)
        said = b""
        while block := _read(ours):
            said += block
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # so a terminal says that nobody writes to it any more
        return b""


def terminal(said: str) -> str:
    """Return a page that shows a terminal, with the colours that Rolecall uses."""
    first, *parts = re.split(r"\x1b\[([\d;]*)m", escape(said.strip("\n")))
    shown = first
    for codes, text in zip(parts[::2], parts[1::2], strict=True):
        style = ";".join(STYLES[code] for code in codes.split(";") if code in STYLES)
        shown += f'<span style="{style}">{text}</span>' if style else text
    return SCREEN + shown
