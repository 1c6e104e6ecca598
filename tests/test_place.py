"""Where a job is: location fields, titles, prose, postcodes; all adverts here are invented."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Fact, Location, RawPosting
from rolecall.normalise import place
from rolecall.normalise.place_gazetteer import fold, towns
from rolecall.normalise.place_parse import parse
from rolecall.normalise.place_words import area_town
from rolecall.normalise.text import prepare
from rolecall.normalise.words import load
from tests.shared import shared


def read(location: str = "", **more: object) -> Fact[Location]:
    return place.read_location(prepare(RawPosting(source="acme", id="1", location=location, **{"title": "", **more})))  # type: ignore[arg-type]


def names(location: str, **more: object) -> list[tuple[str, str | None]]:
    value = read(location, **more).value
    return [(p.name, p.country) for p in value.places] if value else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leeds, West Yorkshire", [("Leeds", "GB")]),
        ("Cambridge, UK", [("Cambridge", "GB")]),
        ("Cambridge, MA", [("Cambridge", "US")]),
        ("Cambridge (MA)", [("Cambridge", "US")]),
        ("Greenwich, CT", [("Greenwich", "US")]),
        ("Camden, NJ", [("Camden", "US")]),
        ("San Francisco Bay Area", [("San Francisco", "US")]),
        ("London, Ontario", [("London", "CA")]),
        ("Toronto, CA", [("Toronto", "CA")]),
        ("Berlin, DE", [("Berlin", "DE")]),
        ("Boston, Lincolnshire", [("Boston", "GB")]),
        ("Durham, North Carolina", [("Durham", "US")]),
        ("London UK", [("London", "GB")]),
        ("Manchester, NH", [("Manchester", "US")]),
        ("Hull, United Kingdom", [("Kingston upon Hull", "GB")]),
        ("Newcastle, England", [("Newcastle upon Tyne", "GB")]),
        ("Kingston, Ontario, Canada", [("Kingston", "CA")]),
        ("St. Petersburg, Florida, United States", [("St. Petersburg", "US")]),
        ("London or Manchester, UK", [("London", "GB"), ("Manchester", "GB")]),
        ("New York, NY, Leeds, UK, or remote", [("New York", "US"), ("Leeds", "GB")]),
        ("Remote (Bristol)", [("Bristol", "GB")]),
    ],
)
def test_what_follows_a_town_says_which_one_is_meant(text: str, expected: list[tuple[str, str]]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Camden, London",
        "Central London",
        "West London",
        "London (Shoreditch)",
        "Brentford, West London",
        "Soho, London, UK",
    ],
)
def test_a_part_of_london_is_london_and_keeps_its_own_name(text: str) -> None:
    value = read(text).value
    assert value is not None
    assert [p.name for p in value.places] == ["London"]
    assert value.places[0].district is not None


def test_a_town_near_london_but_not_in_it_stays_a_town_of_its_own() -> None:
    assert [name for name, _ in names("Reading (London)")] == ["Reading", "London"]


def test_a_suburb_takes_the_name_of_its_town_and_keeps_its_own_point() -> None:
    value = read("Trafford Park, Manchester").value
    assert value is not None
    (only,) = value.places
    town = place.find("Manchester")
    assert town is not None
    assert (only.name, only.district) == ("Manchester", "Trafford Park")
    assert 1 < place.miles(only, town) < 6


def test_without_evidence_a_name_shared_with_a_larger_town_abroad_is_ambiguous() -> None:
    fact = read("Perth")
    assert fact.value is not None
    assert fact.value.ambiguous
    assert not fact.value.places
    assert "ambiguous" in fact.flags


def test_a_british_feed_means_the_british_town() -> None:
    assert names("Perth", country="GB") == [("Perth", "GB")]


def test_a_name_known_only_abroad_is_a_part_of_the_british_town_behind_it() -> None:
    assert names("Hatch Warren, Basingstoke", country="GB") == [("Basingstoke", "GB")]


def test_pay_in_pounds_means_the_british_town() -> None:
    assert names("Boston", salary_text="£40,000") == [("Boston", "GB")]


def test_a_town_that_the_stated_country_does_not_have_is_a_conflict() -> None:
    value = read("Remote, Germering, United Kingdom").value
    assert value is not None
    assert value.conflict


def test_an_unknown_town_with_a_country_is_kept_without_a_point() -> None:
    value = read("Foobury-under-Testing, United Kingdom").value
    assert value is not None
    assert value.unresolved
    assert [(p.name, p.country, p.lat) for p in value.places] == [("Foobury-under-Testing", "GB", None)]


def test_a_county_tells_towns_of_one_name_apart() -> None:
    wight, wales = read("Newport, Isle of Wight").value, read("Newport, Gwent").value
    assert wight is not None
    assert wales is not None
    assert (wight.places[0].nation, wales.places[0].nation) == ("ENG", "WLS")


def test_technology_that_looks_like_a_postcode_is_none() -> None:
    assert read(description="We run on EC2 and S3, on M1 machines, with E5 processors.") == Fact()


def test_a_full_postcode_is_read_anywhere() -> None:
    fact = read(description="Our office at EC2A 4BX is step-free.")
    assert fact.value is not None
    assert (fact.value.places[0].name, fact.value.places[0].postcode) == ("London", "EC2A 4BX")
    assert fact.evidence == "EC2A 4BX"


def test_towns_that_are_english_words_are_not_read_in_prose() -> None:
    assert read(description="You will be reading code and fleet data, and deal with bath sale prices.") == Fact()


def test_a_label_in_the_text_names_the_place_where_no_field_does() -> None:
    assert names("", description="Vacancy: 42\nLocation:Leeds ,Salford\nWe have offices in York.") == [
        ("Leeds", "GB"),
        ("Salford", "GB"),
    ]
    assert names("", description="**Job location:** Hull (hybrid)") == [("Kingston upon Hull", "GB")]
    assert names("York", description="Location: Leeds") == [("York", "GB")]


def test_prose_is_read_after_a_cue() -> None:
    fact = read(description="We build kettles. The team is based in Sheffield and grows.")
    assert fact.value is not None
    assert [p.name for p in fact.value.places] == ["Sheffield"]
    assert fact.source == "body"


def test_the_title_is_read_where_no_field_says_anything() -> None:
    assert names("", title="Kettle Engineer | Acme | Leeds, UK | Full-time") == [("Leeds", "GB")]
    assert names("", title="Kettle Engineer | M60 - Leeds, UK") == [("Leeds", "GB")], "M60 is a house or a road"


def test_a_header_that_begins_with_the_place_still_names_it() -> None:
    assert names("", title="London|Engineers|ONSITE|acme.example", company="London") == [("London", "GB")]
    assert names("", title="Engineer", description="Engineer\nAcme\nLeeds, ONSITE") == [("Leeds", "GB")]


def test_a_header_may_name_several_places_with_dashes_between() -> None:
    assert names("", title="Kettle Engineer | Acme - Austin, TX - Leeds, UK") == [("Austin", "US"), ("Leeds", "GB")]
    assert names("Leeds, UK - Austin, TX - Bristol") == [("Leeds", "GB"), ("Austin", "US"), ("Bristol", "GB")]


def test_a_name_of_london_before_another_town_is_a_part_of_that() -> None:
    read = place.read_location(prepare(RawPosting("adzuna:gb", "1", "Job", location="Waterloo, Poole", country="GB")))
    assert read.value is not None
    assert [(p.name, p.district) for p in read.value.places] == [("Poole", "Waterloo")]


def test_the_country_of_the_first_place_is_not_that_of_the_others() -> None:
    fields = {
        "address": {"postalAddress": {"addressCountry": "United States"}},
        "secondaryLocations": [{"location": "Amsterdam"}, {"location": "London"}],
    }
    read = place.read_location(prepare(RawPosting("ashby:acme", "1", "Job", location="Boston, MA", fields=fields)))
    assert read.value is not None
    assert read.value.countries == {"US", "NL", "GB"}


def test_of_several_places_the_british_one_is_the_evidence() -> None:
    fields = {"secondaryLocations": [{"location": "Lisbon"}, {"location": "London"}]}
    fact = place.read_location(prepare(RawPosting("ashby:acme", "1", "Job", location="Brussels", fields=fields)))
    assert fact.evidence == "secondaryLocations=London"


@pytest.mark.parametrize(
    ("body", "place", "evidence"),
    [
        ("Brightwater Ltd | Leeds / hybrid | £70k\nWe move money.", "Leeds", "Leeds / hybrid"),
        ("Python Developer\nBath (2 days a week) | £50,000", "Bath", "Bath"),
        ("Brightwater Ltd\nLeeds, West Yorkshire\n£70k - £80k a year", "Leeds", "Leeds, West Yorkshire"),
        ("Reading about the law is what we do.\nAnd reading and bath", "", ""),
        ("One | Two\nA text about the parts\nof a thing\nand another\nin | York | of old", "", ""),
    ],
)
def test_a_head_line_names_the_place_where_nothing_else_does(body: str, place: str, evidence: str) -> None:
    fact = read(description=body)
    assert [p.name for p in fact.value.places] == [place] if fact.value else not place
    assert fact.evidence == evidence


def test_the_area_that_adzuna_names_tells_where_an_unknown_estate_lies() -> None:
    area = {"location": {"area": ["UK", "North West England", "Cheshire", "Warrington", "Mill Lane Park"]}}
    raw = RawPosting("adzuna:gb", "1", "Job", location="Mill Lane Park", fields=area, country="GB")
    read = place.read_location(prepare(raw))
    assert read.value is not None
    assert [one.name for one in read.value.places] == ["Warrington"]


def test_a_label_in_the_text_adds_the_places_that_a_board_has_left_out() -> None:
    fact = read("Leeds", description="Location: Derby or Leeds (hybrid)")
    assert fact.value is not None
    assert [place.name for place in fact.value.places] == ["Leeds", "Derby"]
    assert fact.evidence == "Location: Derby or Leeds"
    assert [name for name, _ in names("Leeds", description="Location: Derby or York")] == ["Leeds"], "another job's"
    assert [name for name, _ in names("Leeds", description="Location: Leeds or Paris")] == ["Leeds"], (
        "another country's"
    )


def test_the_place_stands_behind_a_title_that_the_text_repeats() -> None:
    assert names("", title="Data Analyst", description="Data Analyst Leeds (Hybrid) We build kettles.") == [
        ("Leeds", "GB")
    ]
    assert names("", title="Data Analyst", description="Data Analyst Reading large tables all day.") == []


def test_an_office_in_a_sentence_is_the_place_where_nothing_else_names_one() -> None:
    fact = read(description="Fully remote, with occasional trips to our Bristol office. We like the Big Bang studio.")
    assert fact.value is not None
    assert [p.name for p in fact.value.places] == ["Bristol"]
    assert fact.evidence == "Bristol"
    assert read(description="Come and see our Open Plan office and the Amazing Grace studio.") == Fact()
    assert read("Leeds", description="You report to our London office.").evidence == "Leeds"


def test_short_words_of_a_title_are_no_countries() -> None:
    assert read(title="Home automation - IT, AI, QA") == Fact()


def test_board_fields_add_the_other_places() -> None:
    fields = {"secondaryLocations": [{"location": "Leeds, UK"}, {"location": "Dublin, Ireland"}]}
    fact = place.read_location(prepare(RawPosting("ashby:acme", "1", "", location="London", fields=fields)))
    assert fact.value is not None
    assert [p.name for p in fact.value.places] == ["London", "Leeds", "Dublin"]
    assert fact.value.countries == {"GB", "IE"}


def test_a_hidden_location_stays_hidden() -> None:
    fields = {
        "locations": [{"city": "Leeds", "countryCode": "GB"}, {"city": "Bath", "countryCode": "GB", "hidden": True}]
    }
    fact = place.read_location(prepare(RawPosting(source="workable:acme", id="1", title="", fields=fields)))
    assert fact.value is not None
    assert [p.name for p in fact.value.places] == ["Leeds"]
    assert fact.evidence == "locations=Leeds, GB"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("leeds", "Leeds"),
        ("hull", "Kingston upon Hull"),
        ("SW1A 1AA", "London"),
        ("M1", "Manchester"),
        ("newport", "Newport"),
    ],
)
def test_a_person_may_write_a_town_an_alias_or_a_postcode(name: str, found: str) -> None:
    town = place.find(name)
    assert town is not None
    assert town.name == found
    assert town.country == "GB"


def test_a_name_nobody_knows_is_not_found_but_has_neighbours() -> None:
    assert place.find("Manchestr") is None
    assert place.nearest("Manchestr")[0] == "Manchester"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Bath", "Bristol", 11.5),
        ("London", "Reading", 36.6),
        ("Manchester", "Leeds", 35.7),
        ("Edinburgh", "Glasgow", 41.5),
    ],
)
def test_distances_are_straight_lines_in_miles(a: str, b: str, expected: float) -> None:
    one, other = place.find(a), place.find(b)
    assert one is not None
    assert other is not None
    assert place.miles(one, other) == pytest.approx(expected, abs=1.0)


def test_a_place_without_a_point_is_infinitely_far() -> None:
    leeds = place.find("Leeds")
    value = read("West Midlands", country="GB").value
    assert leeds is not None
    assert value is not None
    assert place.miles(leeds, value.places[0]) == math.inf


def test_every_alias_and_postcode_area_names_a_town_of_the_gazetteer() -> None:
    aliases = load("aliases_gb")["town"].values()
    areas = [name for area, name in load("areas_gb")["area"].items() if area not in ("GY", "IM", "JE")]
    unknown = [name for name in (*aliases, *areas) if not any(t.country == "GB" for t in towns(fold(name)))]
    assert unknown == []
    assert area_town("LS") == "Leeds"


def test_every_city_alias_names_a_town_of_its_country() -> None:
    shown = [name.split(", ") for name in load("regions")["city"].values()]
    assert [name for name, code in shown if not any(t.country == code for t in towns(fold(name)))] == []


def test_the_gazetteer_is_credited() -> None:
    from importlib.resources import files

    text = files("rolecall.normalise").joinpath("PLACES.md").read_text(encoding="utf-8")
    assert "GeoNames" in text
    assert "Creative Commons Attribution 4.0" in text


@settings(max_examples=80)
@given(st.text(max_size=300))
def test_any_text_can_be_read_as_a_location(text: str) -> None:
    fact = read(text, description=f"based in {text}", title=text)
    assert len(fact.evidence) <= 160
    assert parse(text, None, strict=True).location.places is not None


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["location", "city", "country", "name", "*"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(_json, _json, st.sampled_from(["ashby", "lever", "workable", "smartrecruiters", "greenhouse"]))
def test_structured_fields_of_any_shape_are_survived(one: object, other: object, board: str) -> None:
    fields = {"location": one, "locations": other, "secondaryLocations": one, "address": other, "country": one}
    fact = place.read_location(prepare(RawPosting(source=board, id="1", title="", fields=fields)))
    assert isinstance(fact, Fact)


def test_the_shared_cases_hold() -> None:
    wrong = []
    for line in shared("data", "cases", "location.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        context, wanted = case.get("context", {}), case["expect"].get("places")
        if wanted is None:
            continue
        key = "location" if context.get("where") == "location" else "description"
        value = read(**{key: case["input"], "country": context.get("source_country")}).value
        got = [{"name": p.name, "country": p.country, "nation": p.nation} for p in value.places] if value else []
        if [{k: g[k] for k in w} for g, w in zip(got, wanted, strict=False)] != wanted or len(got) != len(wanted):
            wrong.append(case["id"])
    assert wrong == []
