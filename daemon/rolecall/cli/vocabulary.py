"""`rolecall vocabulary check`: are our words and the user's in order?"""

from __future__ import annotations

import typer

from rolecall.cli.options import CONFIG_ERROR, Commands, ConfigOption, load_config


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="vocabulary")


group = typer.Typer(
    cls=Commands, help="The words that adverts are read by.", no_args_is_help=True, rich_markup_mode=None
)


@group.callback()
def vocabulary() -> None:
    """The words that adverts are read by."""


@group.command()
def check(config: ConfigOption = None) -> None:
    """Check every word file and vocabulary entry, those of your configuration included. Exit 78 on problems."""
    from rolecall.errors import ConfigError
    from rolecall.normalise import check as words
    from rolecall.normalise import vocabulary as techs

    try:
        load_config(config)
    except ConfigError as error:
        if config is not None or "no configuration file" not in str(error):
            raise
    problems = [*techs.check(), *words.problems()]
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(CONFIG_ERROR)
    entries = techs.VOCABULARY.entries
    typer.echo(f"{len(entries)} technologies with {len(techs.VOCABULARY.by_name)} names: all in order.")
