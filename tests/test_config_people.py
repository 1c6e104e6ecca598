"""Several people in one configuration: what each has, and every mistake in one sentence."""

from __future__ import annotations

import tomllib
from zoneinfo import ZoneInfo

import pytest

from rolecall.config import Config, read
from rolecall.errors import ConfigError
from rolecall.plugins import kinds
from rolecall.schedule import Quiet, parse_hours

GOOD = """
[channel.annas-phone]
kind = "console"

[channel.bens-phone]
kind = "console"

[channel.kitchen]
kind = "html"
folder = "kitchen"
at = ["07:30"]
shared = true

[person.anna]
channels = ["annas-phone", "kitchen"]
zone = "Europe/Warsaw"
quiet = "22:00-07:30"
quiet_weekend = "23:00-09:30"
home = "Leeds"

[person.ben]
channels = ["bens-phone", "kitchen"]

[[search]]
name = "Anna's"
person = "anna"
max_miles = 20

[[search]]
name = "Ben's"
person = "ben"
notify = ["bens-phone"]
"""


def config(text: str) -> Config:
    return read(tomllib.loads(text), kinds())


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(text)
    return [str(problem) for problem in caught.value.problems]


def test_each_person_has_zone_channels_silence_and_home() -> None:
    read_ = config(GOOD)
    anna, ben = read_.people
    assert anna.quiet == Quiet(parse_hours("22:00-07:30"), parse_hours("23:00-09:30"))
    assert (anna.zone, ben.zone, ben.quiet) == (ZoneInfo("Europe/Warsaw"), ZoneInfo("Europe/London"), Quiet())
    annas, bens = read_.searches
    assert [channel.name for channel in read_.notified(annas)] == ["annas-phone", "kitchen"]
    assert [channel.name for channel in read_.notified(bens)] == ["bens-phone"]
    assert annas.wanted["home"].name == "Leeds"
    assert "home" not in bens.wanted
    assert read_.person_of("Anna's") == anna
    assert [read_.reader_of(name).name for name in ("annas-phone", "bens-phone", "kitchen")] == ["anna", "ben", ""]


def test_without_people_one_reads_everything_and_needs_no_name() -> None:
    read_ = config('[channel.console]\n[[search]]\nname = "Python"\n')
    (one,) = read_.people
    assert (one.name, one.zone, one.channels, one.quiet) == ("", read_.zone, (), Quiet())
    assert [channel.name for channel in read_.notified(read_.searches[0])] == ["console"]


def test_a_single_person_has_all_searches_and_all_channels() -> None:
    read_ = config('[channel.console]\n[person.anna]\nhome = "York"\n[[search]]\nname = "Python"\n')
    assert read_.searches[0].person == "anna"
    assert read_.searches[0].wanted["home"].name == "York"
    assert [channel.name for channel in read_.notified(read_.searches[0])] == ["console"]


def test_whose_a_search_is_and_how_it_travels_makes_no_new_baseline() -> None:
    bare = config('[channel.console]\n[[search]]\nname = "Python"\n').searches[0]
    named = '[person.anna]\n[[search]]\nname = "Python"\nwhen = "hourly"\nalerts_per_hour = 3\nperson = "anna"\n'
    assert config(f"[channel.console]\n{named}").searches[0].fingerprint == bare.fingerprint


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('zone = "Europe/Warsaw"', 'zone = "Warsaw"'), "person.anna.zone: 'Warsaw' is not a time zone"),
        (
            ('quiet = "22:00', 'quiet = "10pm'),
            "person.anna.quiet: '10pm-07:30' is not a stretch of hours; write it like",
        ),
        (('"Leeds"', '"Leedz"'), "person.anna.home: 'Leedz' is not a place I know; did you mean 'Leeds'"),
        (('home = "Leeds"', "hom = 1"), "person.anna.hom: is not an option here. Did you mean 'home'?"),
        (("[person.anna]", "[person]\nanna = 3\n[x]"), "person.anna: is not a table. Write [person.anna]"),
        (
            ('["bens-phone", "kitchen"]', "[]"),
            "person.ben.channels: is empty: nothing would reach them. Channels are: ",
        ),
        (('["bens-phone", "kitchen"]', '["bens-fone"]'), "there is no channel 'bens-fone'. Did you mean 'bens-phone'?"),
        (("shared = true", ""), "'kitchen' is a channel of anna already. Name another one, or write shared = true in"),
        (
            ('"bens-phone", "kitchen"', '"kitchen"'),
            "channel.bens-phone: is nobody's: nothing would go there. Name it in",
        ),
        (('person = "ben"', ""), 'search "Ben\'s": person: is missing: whose search is it? People are: anna, ben.'),
        (('person = "ben"', 'person = "bin"'), "there is no person 'bin'. Did you mean 'ben'?"),
        (
            ('notify = ["bens-phone"]', 'notify = ["annas-phone"]'),
            "search \"Ben's\": notify: 'annas-phone' is no channel of ben. Theirs are: bens-phone, kitchen.",
        ),
        (
            ('person = "anna"', 'person = "anna"\nwhen = "daily"'),
            'search[1].when: "daily" is not one of instant, hourly',
        ),
    ],
)
def test_every_mistake_is_named_with_its_place_and_a_suggestion(change: tuple[str, str], expected: str) -> None:
    found = problems(GOOD.replace(*change))
    assert expected in "\n".join(found), found


def test_a_person_where_nobody_has_a_name_is_a_mistake() -> None:
    (found,) = problems('[channel.console]\n[[search]]\nname = "Python"\nperson = "anna"\n')
    assert found == "search 'Python': person: there is no person 'anna'. Write [person.anna]."


def test_the_owners_channel_need_not_be_a_persons() -> None:
    text = GOOD.replace('"bens-phone", "kitchen"', '"kitchen"').replace('notify = ["bens-phone"]', "")
    assert config(f'[daemon]\nowner = "bens-phone"\n{text}').owner == "bens-phone"


@pytest.mark.parametrize("quiet", ['quiet = "always"', 'quiet_weekend = "22:00-22:00"'])
def test_a_channel_with_impossible_quiet_hours_is_a_mistake(quiet: str) -> None:
    (found,) = problems(f"[channel.console]\n{quiet}\n")
    assert found.startswith(f"channel.console.{quiet.split()[0]}: ")
    assert "22:00-07:30, or none" in found
