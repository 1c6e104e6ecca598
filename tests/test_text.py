"""Text preparation: what every reader may rely on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import RawPosting
from rolecall.normalise.glue import unglued
from rolecall.normalise.phrases import Phrases
from rolecall.normalise.plain import MAX_BODY, plain, short
from rolecall.normalise.text import part, prepare
from rolecall.normalise.zones import Zone


def zones(body: str) -> dict[str, Zone]:
    doc = prepare(RawPosting("", "1", "", description=body))
    return {line: doc.zones.at(doc.body.index(line)) for line in doc.body.split("\n")}


def test_markup_becomes_lines_and_bullets() -> None:
    assert (
        plain("<h3>Essential</h3><ul><li><p>Python</p></li><li>SQL</li></ul>End") == "Essential\n* Python\n* SQL\nEnd"
    )


def test_text_that_was_escaped_twice_is_unescaped_twice() -> None:
    assert plain("&amp;lt;p&amp;gt;£70k &amp;amp; bonus&amp;lt;/p&amp;gt;") == "£70k & bonus"


def test_look_alike_and_damaged_characters_become_plain_ones() -> None:
    assert plain("Up to Â£25K – you’ll “own” it\u00a0all") == 'Up to £25K - you\'ll "own" it all'


def test_markdown_marks_are_taken_out() -> None:
    assert plain("**Essential**\n* 5\\+ years \\- Python") == "Essential\n* 5+ years - Python"


def test_a_tilde_between_two_amounts_is_a_range_and_before_one_it_stays() -> None:
    assert plain("£50k ~ £60k") == "£50k-£60k"
    assert plain("~ £60k") == "~ £60k"


def test_scripts_styles_and_comments_are_not_read() -> None:
    assert plain("a<script>var senior = 1;</script><style>p {}</style><!-- contract -->b").split() == ["a", "b"]


def test_headings_open_zones_until_the_next_heading() -> None:
    read = zones("We build maps.\nEssential:\n* Python\nNice to have\n* Rust\nBenefits\n* Pension")
    assert read["We build maps."] is Zone.NEUTRAL
    assert read["* Python"] is Zone.MUST
    assert read["* Rust"] is Zone.NICE
    assert read["* Pension"] is Zone.NOISE


@pytest.mark.parametrize(
    ("zone", "headings"),
    [
        (
            Zone.MUST,
            """Essential Skills & Experience|Hard requirements|Key skills/experience|What you'll need to succeed
            Skills you'll need to bring|The must haves|You should have|Ideal profile:|What we look for|Skillset we need
            Required strong experience with:|Technical skills (essential)|You'll bring:|Experience you'll need:
            What we seek:|Minimal requirements""",
        ),
        (
            Zone.NICE,
            """Preferred Experience & Skills:|Desirables|Nice to haves (but we can teach you):|Bonus skills|Good to have
            What will set you apart|Even better if you:|It's a plus if you have|Useful but not essential|Stand out
            Technical skills (desirable)|Ideally, you'll also have|Desired experience in:|Extra credit for
            You will have a flying start if you know""",
        ),
        (
            Zone.NOISE,
            """About Acme:|Why Acme?|Our offer|Perks & benefits at Acme|What you'll get from us|We offer:
            Why you'll love working here|Compensation & Benefits|Core benefits""",
        ),
        (
            Zone.NEUTRAL,
            """In this role, you will:|What you'll be working on|What success looks like|About this role
            How you'll make an impact|Key responsibilities include:|Why this role matters|About the team and role""",
        ),
        (Zone.STACK, "Some of the technologies we use:|Our current stack|iOS stack|Tech stack"),
    ],
)
def test_employers_call_the_parts_of_an_advert_by_many_names(zone: Zone, headings: str) -> None:
    opening = "Requirements:" if zone is Zone.NEUTRAL else "About the role"
    for heading in filter(None, map(str.strip, re.split(r"[|\n]", headings))):
        assert zones(f"{opening}\n{heading}\n* An item")["* An item"] is zone, heading


def test_a_heading_inside_a_line_opens_its_zone_but_on_a_bullet_only_there() -> None:
    read = zones("Essential:\n* Nice to have: Rust\n* Python\nRequirements: SQL\nand Git")
    assert read["* Nice to have: Rust"] is Zone.NICE
    assert read["* Python"] is Zone.MUST
    assert read["and Git"] is Zone.MUST


def test_a_keyword_tail_is_its_own_zone() -> None:
    assert zones("Keywords: java, python, go")["Keywords: java, python, go"] is Zone.TAIL


def test_lines_put_together_by_a_board_are_parted_again() -> None:
    glued = "You will build data pipelines.ResponsibilitiesDesigning toolsRequirements5+ years of SQL Benefits: pension"
    assert unglued(glued).split("\n") == [
        "You will build data pipelines.",
        "Responsibilities",
        "Designing tools",
        "Requirements",
        "5+ years of SQL",
        "Benefits: pension",
    ]


def test_names_with_capitals_inside_are_never_parted() -> None:
    names = (
        "JavaScript TypeScript GitHub PostgreSQL LinkedIn ServiceNow CloudFormation PowerShell DevOps PyTorch Node.JS"
    )
    assert unglued(names) == names
    assert unglued("Key Requirements: SQL") == "Key Requirements: SQL"


def test_a_body_is_capped() -> None:
    assert len(plain("word " * 1_000_000)) <= MAX_BODY


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_lower_case_keeps_every_offset(text: str) -> None:
    doc = prepare(RawPosting("", "1", "", description=text))
    assert len(doc.low) == len(doc.body)


@settings(max_examples=100)
@given(st.text("aB9 ,.-:*o<&;£é'\u2013\u00a0", max_size=30))
def test_a_short_field_reads_as_a_whole_text_of_one_line_would(text: str) -> None:
    assert short(text) == plain(text).replace("\n", " ").strip()


def test_a_phrase_is_looked_for_only_where_all_its_words_stand() -> None:
    text = part("body", "Full-time, with security clearances")

    def may_stand(phrase: str) -> bool:
        return Phrases([phrase]).possible(text) == (phrase,)

    assert may_stand("full time")
    assert may_stand("security cleara")  # six letters and more may be the beginning of a word
    assert not may_stand("security clear")
    assert not may_stand("security vetting")
    assert not may_stand("home security")


def test_a_phrase_without_letters_is_always_looked_for() -> None:
    assert Phrases(["24/7"]).places(part("body", "Support 24/7")) == [8]
    assert Phrases(["24/7"]).places(part("body", "Support at night")) == []
