"""The whole reading: the filter's contract, and that no text makes it raise or hang."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.dedupe import fingerprint
from rolecall.model import RawPosting
from rolecall.normalise import check, normalise, outline
from rolecall.normalise.facts import as_json, raw_from_json
from rolecall.normalise.rules import rules
from rolecall.normalise.words import USER_FOLDER, load, merged
from tests.waiting import no_hang

ADVERT = """Brightwater Software is looking for a Senior Backend Engineer.
<p>Hybrid: 2 days a week in our Leeds office. £70,000 - £85,000 per annum. Permanent.</p>
<h3>Essential</h3><ul><li>5+ years of experience with Python and PostgreSQL</li></ul>
<h3>Desirable</h3><ul><li>Kubernetes</li></ul>
<p>You must be SC cleared. No sponsorship is available. No agencies please.</p>"""

POSTING = {
    "id": "acme:1",
    "source": "greenhouse:brightwater",
    "title": "Senior Backend Engineer",
    "company": "Brightwater Software",
    "location": "Leeds, UK",
    "description": ADVERT,
    "posted_at": "2026-08-15T05:18:02Z",
    "country": "GB",
}


def read(**fields: object) -> dict[str, object]:
    return as_json(normalise(raw_from_json({"id": "x", "title": "", **fields})))


# --- the contract of the filter ---------------------------------------------------------------------------------


def test_the_filter_prints_every_key_of_its_contract_with_evidence() -> None:
    out = as_json(normalise(raw_from_json(POSTING)))
    level, salary = out["level"], out["salary"]
    assert level["min"] == level["max"] == "senior"
    assert (level["source"], level["evidence"], level["rule"]) == ("title", "Senior", "level.title.word")
    assert (out["modes"], out["office_days"], out["uk"]) == (["hybrid"], [2, 2], "yes")
    assert (salary["min"], salary["max"], salary["currency"], salary["period"]) == (70000, 85000, "GBP", "year")
    assert salary["annual_gbp"] == [70000, 85000]
    assert (out["contract"], out["ir35"], out["clearance"], out["visa"]) == ("permanent", None, "SC", "no")
    assert out["agency"] is False
    assert {"python", "postgresql"} <= {tech["id"] for tech in out["stack"] if tech["need"] == "must"}
    assert [place["name"] for place in out["places"]] == ["Leeds"]
    assert out["flags"] == []


@pytest.mark.parametrize(
    ("words", "printed"), [("2-3 days a week in the office", "[2, 3]"), ("at least 2 days in the office", "[2, null]")]
)
def test_whole_office_days_are_printed_whole(words: str, printed: str) -> None:
    out = as_json(normalise(RawPosting("x", "1", "Developer", description=f"Hybrid, {words}.")))
    assert json.dumps(out["office_days"]) == printed


@pytest.mark.parametrize(
    ("words", "printed"), [("Inside IR35", ("inside", False)), ("IR35 TBC", (None, True)), ("Agile", (None, False))]
)
def test_ir35_is_inside_outside_or_null_and_a_key_of_its_own_says_that_it_is_open(
    words: str, printed: tuple[str | None, bool]
) -> None:
    out = read(title="Developer", description=f"£500 per day. {words}.")
    assert (out["ir35"], out["ir35_tbc"]) == printed


def test_silence_is_printed_as_silence() -> None:
    out = read(title="Software Engineer")
    assert (out["level"], out["modes"], out["salary"], out["ir35"]) == (None, [], None, None)
    assert (out["contract"], out["clearance"], out["visa"], out["uk"]) == ("unstated", "none", "unstated", "unclear")
    assert (out["agency"], out["places"]) == (False, [])


def test_a_level_guessed_from_pay_is_shown_apart_and_never_as_the_level() -> None:
    out = read(title="Software Engineer", salary_text="£45,000 per annum", country="GB", location="London")
    assert out["level"] is None
    assert out["level_guess"]["min"] == "mid"


def test_what_the_filter_prints_is_plain_json() -> None:
    out = as_json(normalise(raw_from_json(POSTING)))
    assert json.loads(json.dumps(out)) == out


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ([], "must be a JSON object"),
        ({"title": "Engineer"}, "`id` is missing"),
        ({"id": True, "title": "Engineer"}, "`id` must be"),
        ({"id": "1"}, "`title` is missing"),
        ({"id": "1", "title": 7}, "`title` must be a text"),
        ({"id": "1", "title": "Engineer", "fields": []}, "`fields` must be an object"),
        ({"id": "1", "title": "Engineer", "tags": "python"}, "`tags` must be a list"),
    ],
)
def test_a_line_that_is_no_posting_is_refused_with_the_key_at_fault(line: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        raw_from_json(line)


def test_dates_are_read_as_utc_and_what_is_no_date_is_not_stated() -> None:
    def posted(text: str) -> datetime | None:
        return raw_from_json({"id": 1, "title": "", "posted_at": text}).posted_at

    assert posted("2026-08-15T05:18:02+0100") == datetime(2026, 8, 15, 4, 18, 2, tzinfo=UTC)
    assert posted("2026-08-15") == datetime(2026, 8, 15, tzinfo=UTC)
    assert posted("Sat, 15 Aug 2026 05:18:02 GMT") == datetime(2026, 8, 15, 5, 18, 2, tzinfo=UTC)
    assert posted("last Tuesday") is None


# --- no text hurts ----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "<li>",
        "</",
        "<script>",
        "&amp;amp;",
        "£",
        "70k",
        " - ",
        "per day",
        "IR35",
        "years of experience",
        "senior",
        "(",
        ")",
        "remote",
        "2 days a week",
        "office",
        "closing date: 31/02/2026",
        "SC",
        "sponsorship",
        "\n",
        "* ",
        "Essential:",
        "İ",
        "ﬁ",
        "https://",
        "no ",
        "not ",
        "London",
        "EC2A 4BX",
        "**",
        "Python",
        "C++",
        "/",
        "0",
        "99999999999",
        "\u2028",
        "a" * 50,
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=80)
@given(title=TEXTS, description=TEXTS, location=TEXTS, salary=TEXTS, company=TEXTS)
def test_no_text_makes_it_raise(title: str, description: str, location: str, salary: str, company: str) -> None:
    raw = RawPosting("", "1", title, "https://x.test/a", company, location, description, salary)
    as_json(normalise(raw))
    assert fingerprint(outline(raw)) == fingerprint(normalise(raw)), "an outline tells the vacancy"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "contract_type",
        "employmentType",
        "salary_min",
        "salary_max",
        "salaryMin",
        "minimumSalary",
        "currency",
        "workplaceType",
        "isRemote",
        "location",
        "address",
        "categories",
        "compensation",
        "expirationDate",
        "seniority",
        "graduate",
        "offices",
    ]
)


@settings(max_examples=80)
@given(
    source=st.sampled_from(
        ["adzuna", "reed", "ashby", "lever", "greenhouse:x", "recruitee", "workday", "linkedin", ""]
    ),
    fields=st.dictionaries(KEYS, JSON, max_size=6),
)
def test_no_structured_field_makes_it_raise(source: str, fields: dict[str, object]) -> None:
    as_json(normalise(RawPosting(source, "1", "Engineer", fields=fields)))


@settings(max_examples=40)
@given(description=TEXTS)
def test_evidence_from_the_body_is_a_span_of_the_prepared_text(description: str) -> None:
    posting = normalise(RawPosting("", "1", "Engineer", description=f"Senior role. {description}"))
    for fact in (posting.level, posting.contract, posting.ir35, posting.clearance, posting.visa, posting.closing):
        if fact.source == "body":
            assert fact.evidence in posting.text
            assert len(fact.evidence) <= 160


HOSTILE = {
    "a long word": "a" * 1_000_000,
    "spaces": " " * 1_000_000,
    "newlines": "\n" * 1_000_000,
    "open tags": "<" * 300_000,
    "open brackets": "(" * 300_000,
    "digits": "1" * 300_000,
    "digits and commas": "1,000," * 50_000,
    "pounds": "£" * 300_000,
    "amounts": "£70k - " * 40_000,
    "years": "5 years of " * 30_000,
    "months": "6 month " * 40_000,
    "days": "2 days a week in the office " * 10_000,
    "the word contract": "contract " * 40_000,
    "the word sponsor": "we cannot offer visa sponsorship " * 10_000,
    "the word senior": "looking for a senior " * 15_000,
    "clearance": "sc cleared dv " * 20_000,
    "closing": "closing date " * 25_000,
    "glued words": "experienceExperience" * 15_000,
    "labels": "a Requirements: " * 20_000,
    "scripts": "<script>" * 40_000,
    "comments": "<!--" * 80_000,
    "entities": "&amp;" * 80_000,
    "commas": "Python, " * 40_000,
    "places": "London, Leeds, UK; " * 15_000,
    "bullets": "* \n" * 100_000,
    "sentences": "no. " * 80_000,
    "hyphens": "a-b-" * 80_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_is_read_to_its_end(text: str) -> None:
    with no_hang():
        normalise(RawPosting("adzuna", "1", text[:3000], "", text[:3000], text[:3000], text, text[:3000]))


def test_what_stands_at_the_beginning_of_a_megabyte_is_still_read() -> None:
    posting = normalise(RawPosting("", "1", "Engineer", description=ADVERT + "lorem ipsum " * 90_000))
    assert posting.contract.value == "permanent"


# --- words ------------------------------------------------------------------------------------------------------


def test_a_users_words_come_before_ours_and_single_values_replace_ours() -> None:
    assert merged({"a": [1], "b": {"c": 1, "d": 2}}, {"a": [2], "b": {"c": 3}, "e": 4}) == {
        "a": [2, 1],
        "b": {"c": 3, "d": 2},
        "e": 4,
    }


def test_a_users_file_adds_to_the_vocabulary(tmp_path, monkeypatch) -> None:
    (tmp_path / "agency.toml").write_text('agencies = ["brightwater partners"]\n', encoding="utf-8")
    monkeypatch.setenv(USER_FOLDER, str(tmp_path))
    words = load.__wrapped__("agency")
    assert words["agencies"][0] == "brightwater partners"
    assert "harnham" in words["agencies"]


def test_every_word_file_can_be_read() -> None:
    assert list(check.problems()) == []


def test_a_users_bad_pattern_is_named_with_its_file_and_rule(tmp_path, monkeypatch) -> None:
    rule = '[[rule]]\nname = "mine"\nvalue = "direct"\nneeds = ["x"]\nmatch = ["(x"]\n'
    (tmp_path / "agency.toml").write_text(rule, encoding="utf-8")
    monkeypatch.setenv(USER_FOLDER, str(tmp_path))
    monkeypatch.setattr(check, "rules", lambda name: rules.__wrapped__(name))
    monkeypatch.setattr("rolecall.normalise.rules.load", load.__wrapped__)
    (problem,) = check.problems()
    assert problem.path == "agency.toml"
    assert "rule mine" in problem.message
