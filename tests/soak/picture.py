"""The curves of a soak as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from tests.soak.curve import Sample

INK, SOFT, BLUE, RED = "#1f2933", "#9aa5b1", "#2563a8", "#b7342c"

Line = tuple[str, Callable[[Sample], float], str]
PANELS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    ("Memory, MB", (("daemon", lambda s: s.memory, BLUE), ("parsing child", lambda s: s.child, SOFT))),
    ("Database, MB", (("predicted", lambda s: s.predicted, RED), ("measured", lambda s: s.database, BLUE))),
    ("Tasks and open files", (("tasks", lambda s: s.tasks, BLUE), ("open files", lambda s: s.files, RED))),
    ("Messages that wait", (("outbox", lambda s: s.outbox, BLUE),)),
)  # fmt: skip


def draw(samples: Sequence[Sample]) -> bytes:
    """Return a PNG with one panel below the other, over the hours of the simulated time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams |= {"font.size": 9, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK}
    figure = Figure(figsize=(7.2, 8.4), dpi=110, layout="constrained")
    hours = [sample.hour for sample in samples]
    for axes, (title, lines) in zip(figure.subplots(len(PANELS), 1, sharex=True), PANELS, strict=True):
        for label, value, colour in lines:
            axes.plot(hours, [value(sample) for sample in samples], color=colour, label=label, linewidth=1.4)
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_ylim(0, 1.35 * axes.get_ylim()[1])  # with room for the legend
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left", ncols=2)
    axes.set_xlabel(f"simulated hours; {samples[-1].postings:,} postings, {samples[-1].alerts:,} alerts")
    stream = BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()
