"""What a person says that a search should want → options of a `[[search]]` table; None takes an option away."""

from __future__ import annotations

from typing import Any

from rolecall.desk.visit import NotUnderstood
from rolecall.errors import ConfigError
from rolecall.match import read_search


def change_of(verb: str, words: list[str]) -> dict[str, Any]:
    """Return the options that a verb and its words mean."""
    text = " ".join(words)
    any_will_do = text.casefold() in ("any", "-", "none", "")
    match verb:
        case "pause" | "resume":
            return {"paused": True if verb == "pause" else None}
        case "pay":
            daily = "day" in text.casefold()
            return {
                "min_salary": None if any_will_do or daily else text,
                "min_day_rate": text if daily and not any_will_do else None,
            }
        case _:
            return {verb: None if any_will_do else [word.strip(",").lower() for word in words]}


def read_answer(question: str, text: str) -> dict[str, Any]:
    """Return the options of a search that an answer means; raises `NotUnderstood`."""
    words = [word for part in text.split(",") for word in (part.split() if question != "stack" else [part.strip()])]
    if question == "stack":
        options: dict[str, Any] = {"stack": None if text.strip() in ("-", "any") else {"any": words}}
    else:
        options = change_of(question, words)
    try:
        read_search({"name": "new", **{name: value for name, value in options.items() if value is not None}}, "search")
    except ConfigError as error:
        raise NotUnderstood(" ".join(f"{each.message} {each.suggestion}".strip() for each in error.problems)) from None
    return options
