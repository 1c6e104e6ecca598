"""How each field is measured: on which data, and when a value counts as right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rolecall.model import Confidence, Rung, WorkMode
from rolecall.normalise.facts import as_pay
from tests.quality import data, dedupe, views
from tests.quality.compare import same
from tests.quality.data import Example
from tests.quality.reading import Reading
from tests.quality.scores import Outcome, Score, several, single
from tests.quality.technologies import identify

Measure = Callable[[Example, Reading], Outcome]


def scores(field: str) -> Iterator[Score]:
    """Every score of one field: its short cases first, then the data sets."""
    if field in views.VIEWS:
        yield Score(field, "cases", tuple(_case(field, example) for example in data.cases(field)))
    for name, examples, measure in SETS.get(field, ()):
        yield Score(field, name, tuple(measure(example, Reading(example.raw)) for example in examples()))
    if field == "dedupe":
        for name in dedupe.SETS:
            yield Score(field, name, tuple(dedupe.outcomes(name)), dedupe.figures(name))


# --- short cases ------------------------------------------------------------------------------------------------

_ELSEWHERE = {"distance_miles", "answer", "repost_of", "first_seen", "repost_count"}  # criteria and deduplication


def _case(field: str, example: Example) -> Outcome:
    reading = Reading(example.raw)
    view = views.VIEWS[field](reading)
    expected = {key: value for key, value in example.wanted.items() if key not in _ELSEWHERE}
    wrong = {key for key, value in expected.items() if not _holds(key, value, view)}
    got = {key: view.get(key) for key in expected if key in view}
    return Outcome(
        example.id, example.text, expected, got, views.rule(field, reading), not wrong, 1, 1, int(not wrong)
    )  # fmt: skip


def _holds(key: str, value: Any, view: views.View) -> bool:
    match key:
        case "confidence_max":
            return bool(view["confidence"] <= Confidence[value.upper()])
        case "excludes":
            return not set(value) & set(_rungs(view["level"]))
        case "excludes_country":
            countries = set(view["countries"])
            return not countries & ({value} if isinstance(value, str) else set(value))
        case _:
            return same(value, view.get(key), key)


def _rungs(level: dict[str, str] | None) -> list[str]:
    if level is None:
        return []
    return [rung.word for rung in Rung if Rung[level["min"].upper()] <= rung <= Rung[level["max"].upper()]]


# --- pay --------------------------------------------------------------------------------------------------------


def _pay(example: Example, reading: Reading) -> Outcome:
    """Smallest, largest, period and currency must all be as labelled."""
    label, fact = example.wanted.get("salary", example.wanted), reading.salary
    value = None if fact.value is None or fact.value.predicted else fact.value
    got = None if value is None else _amounts(as_pay(value.pay))
    expected = None if label is None or label.get("none") else _amounts(label)
    text = f"{example.text} [{fact.evidence}]" if example.raw.description else example.text
    return single(example.id, text, expected, got, fact.rule)


def _amounts(pay: dict[str, Any]) -> tuple[float | None, float | None, str, str]:
    low, high = (None if pay[end] is None else round(float(pay[end]), 2) for end in ("min", "max"))
    return low, high, pay["period"], pay["currency"]


def _sure(name: str) -> Callable[[], list[Example]]:
    """The rows of a set whose label is not in doubt."""
    return lambda: [example for example in data.postings(name) if not example.wanted.get("doubt")]


# --- level ------------------------------------------------------------------------------------------------------


def _labelled_level(example: Example, reading: Reading) -> Outcome:
    got = _rungs(views.level(reading)["level"]) if reading.level.confidence > Confidence.GUESS else []
    wanted = [rung.word for rung in Rung if rung.word in example.wanted["level"]]
    text = f"{example.text} [{reading.level.evidence}]"
    return single(example.id, text, wanted or None, got or None, reading.level.rule)


def _title_level(example: Example, reading: Reading) -> Outcome:
    """A portal's word fits when the range read touches it. Its "Mid" also stands for "nothing said"."""
    got = _rungs(views.level(reading)["level"]) if reading.level.confidence > Confidence.GUESS else []
    fits = bool(set(got) & set(example.wanted["level"]))
    exact = fits or (not got and example.wanted["board"] == "Mid")
    said = int(bool(got))
    return Outcome(
        example.id, example.text, example.wanted["level"], got, reading.level.rule, exact, said, 1, int(fits)
    )  # fmt: skip


# --- mode and the United Kingdom --------------------------------------------------------------------------------


def _modes(example: Example, reading: Reading) -> Outcome:
    got = views.mode(reading)["modes"] if reading.mode.confidence > Confidence.GUESS else []
    text = f"{example.text} [{reading.mode.evidence}]"
    return several(example.id, text, example.wanted["mode"], got, reading.mode.rule)


def _remote(example: Example, reading: Reading) -> Outcome:
    """Only whether "remote" is among the modes."""
    outcome = _modes(example, reading)
    wanted, got = "remote" in example.wanted["mode"], "remote" in outcome.got
    return replace(outcome, exact=wanted == got, said=int(got), wanted=int(wanted), right=int(wanted and got))


def _office_days(example: Example, reading: Reading) -> Outcome:
    days = (reading.mode.value or WorkMode()).office_days
    got = None if days is None else (days.min, days.max)
    wanted = None if example.wanted["office_days"] is None else tuple(map(float, example.wanted["office_days"]))
    return single(example.id, f"{example.text} [{reading.mode.evidence}]", wanted, got, reading.mode.rule)


def _uk(example: Example, reading: Reading) -> Outcome:
    text = f"{example.text} [{reading.uk.evidence}]"
    return single(example.id, text, example.wanted["uk_ok"], str(reading.uk.value or "unclear"), reading.uk.rule)


def _hacker_news(*, rest: bool) -> Callable[[], list[Example]]:
    """The posts whose text still says a mode, or the others with the mode put back into their header line."""

    def examples() -> list[Example]:
        found = [example for example in data.postings("mode_hn.jsonl.gz") if example.raw.board == "hn"]
        chosen = [example for example in found if bool(example.wanted["rest_mentions"]) is rest]
        return chosen if rest else [_with_header(example) for example in chosen]

    return examples


def _with_header(example: Example) -> Example:
    header = example.wanted["header"]
    _, _, rest = example.raw.description.partition("\n")
    return replace(example, raw=replace(example.raw, title=header, description=f"{header}\n{rest}"), text=header)


def _ashby() -> list[Example]:
    return [example for example in data.postings("mode_hn.jsonl.gz") if example.raw.board == "ashby"]


def _ashby_stated() -> list[Example]:
    """The same posts as the board has them: with the location that states the mode."""
    return [
        replace(example, raw=replace(example.raw, location=example.wanted["location"]), text=example.wanted["location"])
        for example in _ashby()
    ]


# --- single words -----------------------------------------------------------------------------------------------


def _word(field: str, key: str, nothing: Any) -> Measure:
    """A field whose label is one word; `nothing` is the label of silence."""

    def measure(example: Example, reading: Reading) -> Outcome:
        fact = getattr(reading, field)
        got = views.VIEWS.get(field, views.contract)(reading)[key]
        expected = example.wanted[field]
        text = f"{example.text} [{fact.evidence}]"
        return single(example.id, text, None if expected == nothing else expected, got, fact.rule)

    return measure


def _adzuna() -> list[Example]:
    """Adverts whose board states the type, with that field taken out: what the (short) text alone tells."""
    examples = [*data.postings("salary_texts.jsonl"), *data.postings("postings_mixed.jsonl.gz")]
    return [
        replace(example, raw=replace(example.raw, fields={}), wanted={"contract": stated})
        for example in examples
        if example.raw.board == "adzuna" and (stated := example.raw.fields.get("contract_type"))
    ]


def _board_contract(example: Example, reading: Reading) -> Outcome:
    """The board's "contract" also stands for a fixed term."""
    got = reading.contract.value and str(reading.contract.value)
    folded = "contract" if got == "fixed_term" else got
    text = f"{example.text} [{reading.contract.evidence}]"
    return single(example.id, text, example.wanted["contract"], folded, reading.contract.rule)


# --- stack ------------------------------------------------------------------------------------------------------


def _labelled_stack(example: Example, reading: Reading) -> Outcome:
    wanted = {tech for name in example.wanted["stack"] for tech in identify(name)}
    return several(example.id, example.text, wanted, views.stack(reading)["technologies"])


def _spans(example: Example, reading: Reading) -> Outcome:
    """Spans that name no technology of the vocabulary (domains, methods) are left out."""
    text = example.raw.description
    wanted = {tech for start, end, _ in example.wanted["knowledge"] for tech in identify(text[start:end])}
    return several(example.id, text, wanted, views.stack(reading)["named"])


def _spanned() -> list[Example]:
    return [example for example in data.postings("stack_skillspan.jsonl") if example.wanted["knowledge"]]


# --- the table --------------------------------------------------------------------------------------------------


def _labelled() -> list[Example]:
    return data.postings("postings_labelled.jsonl")


SETS: dict[str, tuple[tuple[str, Callable[[], list[Example]], Measure], ...]] = {
    "salary": (
        ("strings", _sure("salary_strings.jsonl"), _pay),
        ("texts", _sure("salary_texts.jsonl"), _pay),
        ("labelled", _labelled, _pay),
    ),
    "level": (("labelled", _labelled, _labelled_level), ("titles", _sure("level_titles.jsonl"), _title_level)),
    "mode": (
        ("labelled", _labelled, _modes),
        ("hn_rest", _hacker_news(rest=True), _modes),
        ("hn_header", _hacker_news(rest=False), _modes),
        ("ashby_silver", _ashby, _modes),
        ("ashby_stated", _ashby_stated, _modes),
    ),
    "remote": (
        ("labelled", _labelled, _remote),
        ("hn_rest", _hacker_news(rest=True), _remote),
        ("hn_header", _hacker_news(rest=False), _remote),
        ("ashby_silver", _ashby, _remote),
        ("ashby_stated", _ashby_stated, _remote),
    ),
    "office_days": (("labelled", _labelled, _office_days),),
    "uk": (("labelled", _labelled, _uk),),
    "contract": (
        ("labelled", _labelled, _word("contract", "contract", "unstated")),
        ("adzuna_silver", _adzuna, _board_contract),
    ),
    "ir35": (("labelled", _labelled, _word("ir35", "ir35", None)),),
    "clearance": (("labelled", _labelled, _word("clearance", "level", "none")),),
    "visa": (("labelled", _labelled, _word("visa", "visa", "unstated")),),
    "stack": (("labelled", _labelled, _labelled_stack), ("skillspan", _spanned, _spans)),
}

FIELDS = tuple(dict.fromkeys([*views.VIEWS, *SETS, "dedupe"]))
