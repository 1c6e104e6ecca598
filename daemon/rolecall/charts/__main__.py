"""The drawing process: panels as JSON on standard input, the picture on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

INK, SOFT, BLUE, GREEN, RED = "#1f2933", "#9aa5b1", "#2563a8", "#2f855a", "#b7342c"
WIDTH, DPI = 5.0, 165  # inches: 825 pixels, sharp at 640 and still to be read on a telephone, at 340
ROW = 0.42

mpl.rcParams |= {
    "font.size": 9,
    "font.family": ["DejaVu Sans"],  # comes with matplotlib
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # an advert's "$" is a dollar
    "svg.hashsalt": "rolecall",  # the same numbers give the same file
}


def main() -> None:
    """Draw what is asked for."""
    asked = json.load(sys.stdin.buffer)
    panels = asked["panels"]
    heights = [_height(panel) for panel in panels]
    figure = Figure(figsize=(WIDTH, sum(heights)), dpi=DPI, layout="constrained", facecolor="white")
    axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for panel, axis in zip(panels, axes[:, 0], strict=True):
        axis.set_title(panel["title"], loc="left", fontweight="bold", fontsize=10, pad=8)
        _DRAW[panel["kind"]](axis, panel)
    figure.savefig(sys.stdout.buffer, format=asked["form"], metadata={"Date": None} if asked["form"] == "svg" else {})


def _height(panel: dict[str, Any]) -> float:
    return 2.2 if panel["kind"] == "weeks" else 0.7 + ROW * len(panel["rows"])


def _bars(axis: Any, panel: dict[str, Any]) -> None:
    floor = panel["floor"]
    for at, (_, low, high) in enumerate(panel["rows"]):
        colour = BLUE if floor is None or low >= floor else RED if high < floor else GREEN
        axis.plot([low, high], [at, at], color=colour, linewidth=7, solid_capstyle="round", alpha=0.85)
        axis.plot([low], [at], marker="o", markersize=6, color=colour)  # one figure is a range without a length
        axis.annotate(_span(low, high), (high, at), (7, 0), textcoords="offset points", va="center", fontsize=8)
    _names(axis, [_clip(name) for name, *_ in panel["rows"]], room=floor is not None)
    axis.margins(x=0.16)
    if floor is not None:
        axis.axvline(floor, color=INK, linewidth=1, linestyle="--")
        axis.annotate(f"your {_pounds(floor)}", (floor, -0.85), (4, 0), textcoords="offset points", fontsize=8)


def _boxes(axis: Any, panel: dict[str, Any]) -> None:
    for at, (_, _n, p10, p25, median, p75, p90) in enumerate(panel["rows"]):
        axis.plot([p10, p90], [at, at], color=SOFT, linewidth=1.5)
        axis.plot([p25, p75], [at, at], color=BLUE, linewidth=9, solid_capstyle="butt", alpha=0.75)
        axis.plot([median], [at], marker="|", markersize=13, markeredgewidth=2.5, color=INK)
        axis.annotate(_pounds(median), (p90, at), (7, 0), textcoords="offset points", va="center", fontsize=8)
    _names(axis, [f"{_clip(name)} (n={n})" for name, n, *_ in panel["rows"]])
    axis.margins(x=0.16)


def _weeks(axis: Any, panel: dict[str, Any]) -> None:
    rows = panel["rows"]
    axis.bar(range(len(rows)), [jobs for _, jobs, *_ in rows], color=SOFT, alpha=0.6, width=0.7)
    axis.set_ylabel("jobs")
    axis.yaxis.get_major_locator().set_params(integer=True)
    step = len(rows) // 8 + 1
    axis.set_xticks(range(0, len(rows), step), [start for start, *_ in rows[::step]])
    known = [(at, q1, middle, q3) for at, (_, _jobs, q1, middle, q3) in enumerate(rows) if middle]
    if known:
        pay = axis.twinx()
        places, lows, middles, highs = zip(*known, strict=True)
        pay.plot(places, middles, color=BLUE, linewidth=2, marker="o", markersize=4)
        pay.fill_between(places, lows, highs, color=BLUE, alpha=0.15)
        pay.yaxis.set_major_formatter(FuncFormatter(lambda value, _at: _pounds(value)))
        pay.spines["right"].set_visible(True)


def _names(axis: Any, names: list[str], *, room: bool = False) -> None:
    """Write each row's name above its bar: the bars have a telephone's whole width. `room`: for a word above them."""
    for at, name in enumerate(names):
        place = (0, at - 0.42), (3, 0), ("axes fraction", "data"), "offset points"
        axis.annotate(name, *place, va="center", fontsize=8, bbox={"fc": "white", "ec": "none", "pad": 0.5})
    axis.set_yticks([])
    axis.set_ylim(len(names) - 0.6, -1.1 if room else -0.75)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _at: _pounds(value)))
    axis.grid(axis="x", color=SOFT, alpha=0.3)


def _clip(text: str, most: int = 56) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _span(low: float, high: float) -> str:
    return _pounds(low) if low == high else f"{_pounds(low)}–{_pounds(high)}"


def _pounds(value: float) -> str:
    return f"£{value / 1000:,.0f}k" if value >= 10_000 else f"£{value:,.0f}"


_DRAW = {"bars": _bars, "boxes": _boxes, "weeks": _weeks}

if __name__ == "__main__":
    main()
