"""README and example tell of everything there is, and of nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
import typer.main

from rolecall.cli import app
from rolecall.config import DaemonOptions, read
from rolecall.config.plugin import options, secret_names
from rolecall.match import CRITERIA
from rolecall.normalise import pay, vocabulary
from rolecall.plugins import kinds
from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # it is a group
PLUGINS = [*kinds().sources.items(), *kinds().notifiers.items()]


@pytest.fixture
def shipped_words() -> Iterator[None]:
    yield
    vocabulary.use(vocabulary.SHIPPED)
    pay.use(pay.Factors())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_tells_of_every_command(command: str) -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `"))
    assert re.search(rf"`(rolecall )?{command}\b", table)


@pytest.mark.parametrize("kind", [kind for kind, _ in PLUGINS])
def test_the_example_shows_every_kind(kind: str) -> None:
    assert re.search(rf'kind = "{kind}"|\[channel\.{kind}\]', EXAMPLE)


@pytest.mark.parametrize("option", DaemonOptions.model_fields)
def test_the_example_explains_every_option_of_the_daemon(option: str) -> None:
    assert re.search(rf"^(# )?{option} = .*#|^(# )?{option} = ", EXAMPLE, re.MULTILINE)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_example_explains_every_criterion(criterion: str) -> None:
    assert re.search(rf"^(# )?{criterion}(\.any)? = ", EXAMPLE, re.MULTILINE)


@pytest.mark.usefixtures("shipped_words")
def test_what_is_commented_out_is_right_too() -> None:
    """Every option can be had by taking away its "# ": the whole is read without a problem but for missing secrets."""
    lines = [re.sub(r"^# (?!uk = )(?=\[|\w+(\.\w+)* = )", "", line) for line in EXAMPLE.splitlines()]
    table = tomllib.loads(
        "\n".join(line for line in lines if not re.match(r"(token|password|key|app_key|url)_file", line))
    )
    for name, channel in table["channel"].items():
        for secret in secret_names(kinds().notifiers[channel.get("kind", name)]):
            channel[secret] = "https://invented.example/x"  # one of them is an address
    for source in table["source"]:
        source.update(dict.fromkeys(secret_names(kinds().sources[source["kind"]]), "invented"))
    table["deadman"]["url"] = "https://invented.example/x"
    config = read(table, kinds())
    assert {channel.kind for channel in config.channels} == set(kinds().notifiers)
    assert {type(entry.source).kind for entry in config.sources} == set(kinds().sources)
    assert len(config.searches) == 2


@pytest.mark.parametrize(("kind", "plugin"), PLUGINS)
def test_each_plug_in_says_what_it_is(kind: str, plugin: object) -> None:
    assert plugin.kind == kind  # type: ignore[attr-defined] # by its Protocol
    assert plugin.summary  # type: ignore[attr-defined] # by its Protocol
    assert options(plugin).model_fields is not None  # type: ignore[arg-type] # a dataclass


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_the_configuration_in_the_readme_is_good(block: str) -> None:
    table = tomllib.loads(block)
    table["channel"]["telegram"].pop("token_file")
    table["channel"]["telegram"]["token"] = "invented"
    assert read(table, kinds()).searches
