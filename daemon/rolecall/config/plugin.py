"""A plug-in's table is read by the fields of its dataclass: the plug-in brings its own configuration."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError, create_model

from rolecall.config.model import STRICT, Config
from rolecall.errors import Problem
from rolecall.secret import Secret

M = TypeVar("M", bound=BaseModel)

Plugin = Callable[..., Any]

MOST_SHOWN = 30  # characters of a value that is wrong


@cache
def options(plugin: Plugin) -> type[BaseModel]:
    """Return a model with the plug-in's options: its public, initialised dataclass fields."""
    hints = get_type_hints(plugin)
    own: Any = {
        each.name: (hints[each.name], _default(each))
        for each in fields(plugin)  # type: ignore[arg-type] # a plug-in is a dataclass, by its Protocol
        if each.init and not each.name.startswith("_")
    }
    model: type[BaseModel] = create_model(getattr(plugin, "__name__", "Plugin"), __config__=STRICT, **own)
    return model


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return ... if field.default_factory is MISSING else field.default_factory()


@cache
def secret_names(plugin: Plugin) -> tuple[str, ...]:
    """Return the names of the options that are secrets."""
    return tuple(name for name, info in options(plugin).model_fields.items() if _is_secret(info.annotation))


def _is_secret(annotation: Any) -> bool:
    return annotation is Secret or (get_origin(annotation) is not None and Secret in get_args(annotation))


def secrets_of(config: Config) -> list[str]:
    """Return every secret the configuration holds, for the log's redaction."""
    plugins: list[Any] = [channel.notifier for channel in config.channels]
    plugins += [entry.source for entry in config.sources] + [each.source for each in config.off]
    values = [getattr(plugin, name) for plugin in plugins for name in _secret_names_of(plugin)]
    values += [config.deadman.url] if config.deadman else []
    return [value.reveal() for value in values if isinstance(value, Secret) and value.reveal()]


def _secret_names_of(plugin: Any) -> tuple[str, ...]:
    made_by: Plugin = type(plugin)
    return secret_names(made_by)


def validate(model: type[M], table: Mapping[str, Any], path: str, also: Iterable[str] = ()) -> M | list[Problem]:
    """Return the validated model, or all its problems with their paths. `also`: further keys to suggest."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        known = [*model.model_fields, *also]
        found = [dict(each) for each in error.errors(include_url=False)]
        return [_problem(each, path, known) for each in found if not _follows(each, found)]


def _follows(error: dict[str, Any], found: Sequence[dict[str, Any]]) -> bool:
    """Say whether a list is only too short because what it holds is wrong."""
    depth = len(error["loc"])
    return error["type"] == "too_short" and any(e["loc"][:depth] == error["loc"] and e is not error for e in found)


def _problem(error: dict[str, Any], path: str, known: list[str]) -> Problem:
    where = path + "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return Problem(where, "is not an option here.", did_you_mean(str(error["loc"][-1]), known, "Options are"))
        case "missing":
            return Problem(where, "is required.")
        case "value_error":
            return Problem(where, f"{error['ctx']['error']}.")
        case "tuple_type":
            given = error["input"]
            return Problem(
                where, f"a list is wanted, not {_shown(given)}.", f'Write ["{given}"].' if _short(given) else ""
            )
        case "too_short":
            return Problem(where, "is empty: at least one is wanted.")
        case _:
            return Problem(where, f"{_sentence(error['msg'])}, not {_shown(error['input'])}.")


def _shown(value: object) -> str:
    """Return the value, unless it may be a secret in the wrong place: those are long, or hidden in something longer."""
    shown = repr(value)
    return shown if len(shown) <= MOST_SHOWN else f"what is there ({len(shown)} characters)"


def _short(value: object) -> bool:
    return isinstance(value, str) and len(repr(value)) <= MOST_SHOWN


def _sentence(message: str) -> str:
    return message.removeprefix("Input ").removeprefix("String ")


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return "Did you mean …?" with the nearest known word, else the list of them."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, 1, 0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"{otherwise}: {', '.join(words)}." if words else ""
