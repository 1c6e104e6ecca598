"""Rows in the forms people ask for: a table on the terminal, JSON, CSV, Markdown, HTML."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from rolecall.render.clean import MAX_URL, line
from rolecall.terminal import strong

Format = Literal["table", "json", "csv", "md", "html"]
Rows = Sequence[Mapping[str, object]]

GAP = 2  # blanks between columns
CUT, WRAPPED = 32, 24  # columns: what is cut, or wrapped, into less cannot be read
NO_TERMINAL = 100_000  # nobody's width: a file or another program reads it


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
    """Return an aligned table no wider than the terminal.

    The widest columns give way a little; where that is not enough, each row takes several lines. What is said in the
    last column is never cut: its words are wrapped. Where no terminal reads it, each row is one line, and whole.
    """
    if not rows:
        return ""
    top, *others = _laid_out([list(rows[0]), *_cells(rows)], width or _terminal_width())
    return "\n".join([*map(strong, top), *(each for row in others for each in row)])


def below(rows: Rows, indent: str = "  ") -> list[str]:
    """Return the lines of a table that stands without headings below what it belongs to."""
    laid_out = _laid_out(_cells(rows), _terminal_width() - len(indent))
    return [f"{indent}{each}" for row in laid_out for each in row]


def _cells(rows: Rows) -> list[list[str]]:
    return [[line(_text(value)) for value in row.values()] for row in rows]


def _laid_out(cells: list[list[str]], room: int) -> Iterator[list[str]]:
    folds = _folds([max(map(_columns, column)) for column in zip(*cells, strict=True)], room)
    return (_folded(row, folds) for row in cells)


def _terminal_width() -> int:
    return shutil.get_terminal_size((NO_TERMINAL, 24)).columns  # it reads COLUMNS, too


def _folds(widths: list[int], room: int) -> list[list[int]]:
    """Return the widths of the columns on each of a row's lines: one where they fit, or nearly do."""
    *lead, last = widths
    wrapped = min(last, WRAPPED, room // 2)
    kept = _fit(lead, room - wrapped - GAP, min(CUT, room // 2))
    left = room - sum(kept) - GAP * len(kept)
    if left >= wrapped:
        return [[*kept, min(last, left)]]
    half = [min(width, max(CUT, room // 2), room - GAP) for width in lead]
    folds = [list[int]()]
    for width, needed in zip([*half, last], [*half, wrapped], strict=True):
        left = room - GAP - sum(folds[-1]) - GAP * len(folds[-1])  # further lines are indented
        if needed > left:
            folds.append([])
            left = room - GAP
        folds[-1].append(min(width, left))
    return [each for each in folds if each]


def _fit(widths: list[int], room: int, least: int) -> list[int]:
    """Take from the widest column until all fit, or are as narrow as may be."""
    widths = list(widths)
    while sum(widths) + GAP * (len(widths) - 1) > room and max(widths, default=0) > least:
        widths[widths.index(max(widths))] -= 1
    return widths


def _folded(row: list[str], folds: list[list[int]]) -> list[str]:
    """Return the lines of one row."""
    cells, lines = iter(row), list[str]()
    for number, widths in enumerate(folds):
        indent = " " * GAP if number else ""
        shown = [next(cells) for _ in widths]
        lead = indent + "".join(_pad(cell, w) + " " * GAP for cell, w in zip(shown[:-1], widths, strict=False))
        words = _wrapped(shown[-1], widths[-1]) if number == len(folds) - 1 else [_pad(shown[-1], widths[-1])]
        lines += [(lead if n == 0 else " " * _columns(lead)) + each for n, each in enumerate(words)]
    return [each.rstrip() for number, each in enumerate(lines) if not number or each.strip()]


def _wrapped(text: str, width: int) -> list[str]:
    """Return the words on as many lines as they need; a longer word, such as an address, stays whole."""
    if _columns(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        if lines[-1] and _columns(f"{lines[-1]} {word}") > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


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
