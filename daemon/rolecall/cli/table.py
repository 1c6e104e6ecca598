"""Rows in the forms people ask for: a table on the terminal, JSON, CSV, Markdown, HTML."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

from rolecall.render.clean import MAX_URL, line
from rolecall.terminal import strong

Format = Literal["table", "json", "csv", "md", "html"]
Rows = Sequence[Mapping[str, object]]

MIN_WIDTH = 8


def write(rows: Rows, form: Format, title: str = "") -> str:
    """Return the rows as text in one of the forms; keys are the headings."""
    match form:
        case "json":
            return json.dumps(list(rows), ensure_ascii=False, indent=2, default=str)
        case "csv":
            return _csv(rows)
        case "md":
            return _markdown(rows)
        case "html":
            return _html(rows, title)
        case "table":
            return table(rows)


def table(rows: Rows, width: int | None = None) -> str:
    """Return an aligned table no wider than the terminal; the widest columns give way first."""
    if not rows:
        return ""
    heads = list(rows[0])
    cells = [heads, *([line(_text(row[head])) for head in heads] for row in rows)]
    widths = _fit([max(map(_columns, column)) for column in zip(*cells, strict=True)], width or _terminal_width())
    lines = ["  ".join(_pad(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([strong(lines[0]), *lines[1:]])


def _terminal_width() -> int:
    return shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 200


def _fit(widths: list[int], room: int) -> list[int]:
    """Take from the widest column until all fit."""
    while sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > MIN_WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    if _columns(text) > width:
        while _columns(text) >= width:  # room for the dots
            text = text[:-1]
        text += "…"
    return text + " " * (width - _columns(text))


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\n", " ")


def _csv(rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _no_formula(line(_text(value), MAX_URL)) for key, value in row.items()} for row in rows)
    return out.getvalue().rstrip("\n")


def _no_formula(text: str) -> str:
    """A title that begins like a formula must not run in a spreadsheet (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else text


def _markdown(rows: Rows) -> str:
    if not rows:
        return ""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([_escaped(_text(row[head])) for head in heads] for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _escaped(text: str) -> str:
    return line(text).translate({ord(c): f"\\{c}" for c in "|\\`*[]<>"})


def _html(rows: Rows, title: str) -> str:
    heads = list(rows[0]) if rows else []
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{_link(row[name])}</td>" for name in heads) + "</tr>" for row in rows)
    return _PAGE.format(title=html.escape(title), head=head, body=body)


def _link(value: object) -> str:
    text = html.escape(line(_text(value)))
    return f'<a href="{text}">link</a>' if text.startswith(("https://", "http://")) else text


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>
  body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem; }}
  table {{ border-collapse: collapse; }} th {{ text-align: left; }}
  td, th {{ padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top; }}
</style></head>
<body><h1>{title}</h1><table><thead><tr>{head}</tr></thead><tbody>
{body}
</tbody></table></body></html>"""
