"""What a saved search says of a posting: the tables of the handbook, as promises."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from rolecall.match import as_json, explain, judge, read_search
from rolecall.model import (
    Action,
    Answer,
    Clearance,
    ClearanceLevel,
    Confidence,
    ContractType,
    Fact,
    HomeBase,
    Ir35,
    Level,
    Location,
    Match,
    Mode,
    Need,
    OfficeDays,
    Pay,
    Place,
    Posting,
    RawPosting,
    Reason,
    Rung,
    Salary,
    Tech,
    UkFit,
    Verdict,
    Visa,
    WorkMode,
)
from rolecall.normalise.place import find

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def fact(
    value: Any, flags: Sequence[str] = (), sure: Confidence = Confidence.HIGH, alternatives: Any = ()
) -> Fact[Any]:
    return Fact(value, "body", f"words for {value}"[:160], "a.rule", sure, frozenset(flags), tuple(alternatives))


def posting(text: str = "An advert.", truncated: bool = False, **facts: Any) -> Posting:
    raw = RawPosting("reed", "1", "Backend Engineer", company="Acme Ltd", description=text, truncated=truncated)
    return Posting(raw=raw, text=text, **facts)


def ask(criterion: str, post: Posting, **table: object) -> Verdict:
    match = judge(read_search({"name": "mine", **table}, "search"), post)
    return next(reason.verdict for reason in match.reasons if reason.criterion == criterion)


def pay(low: float | None, high: float | None, period: Any = "year", basis: Any = "salary", kind: Any = "base",
        currency: str = "GBP", **more: Any) -> Salary:  # fmt: skip
    factor = {"year": 1, "day": 220, "hour": 1650, "week": 44}[period]
    least, most = (None if end is None else Decimal(str(end)) for end in (low, high))
    annual = (None if low is None else round(low * factor), None if high is None else round(high * factor))
    return Salary(Pay(kind, least, most, currency, period), annual, basis, **more)


# --- level (6.8) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "wanted", "answer"),
    [
        (Rung.SENIOR, Rung.SENIOR, ["senior"], YES),
        (Rung.MID, Rung.SENIOR, ["senior", "lead"], YES),
        (Rung.MID, Rung.LEAD, ["senior"], YES),
        (Rung.JUNIOR, Rung.MID, ["senior"], NO),
        (Rung.STAFF, Rung.STAFF, ["lead"], YES),
        (Rung.LEAD, Rung.LEAD, ["staff"], YES),
    ],
)
def test_a_level_answers_by_whether_the_ranges_meet(low: Rung, high: Rung, wanted: list[str], answer: Answer) -> None:
    assert ask("levels", posting(level=fact(Level(low, high))), levels=wanted).answer is answer


def test_lead_and_staff_are_two_rungs_for_who_asks_exactly() -> None:
    staff = posting(level=fact(Level(Rung.STAFF, Rung.STAFF)))
    assert ask("levels", staff, levels=["lead"], level_exact=True).answer is NO


def test_silence_on_level_is_unknown_unless_a_floor_rules_it_out() -> None:
    assert ask("levels", posting(), levels=["junior"]) == Verdict(
        UNKNOWN, "level_not_stated", "level not stated", "level"
    )
    no_juniors = posting(level_floor=fact(Rung.MID))
    assert ask("levels", no_juniors, levels=["junior", "graduate"]).answer is NO
    assert ask("levels", no_juniors, levels=["junior", "mid"]).answer is UNKNOWN


def test_a_guess_answers_neither_yes_nor_no_but_is_shown() -> None:
    guess = posting(level=fact(Level(Rung.JUNIOR, Rung.JUNIOR), sure=Confidence.GUESS))
    match = judge(read_search({"name": "mine", "levels": ["senior"]}, "search"), guess)
    (reason,) = [reason for reason in match.reasons if reason.criterion == "levels"]
    assert reason.verdict.answer is UNKNOWN
    assert reason.rule == "a.rule"


def test_a_contradiction_answers_only_where_every_reading_agrees() -> None:
    mid, senior = (Level(rung, rung) for rung in (Rung.MID, Rung.SENIOR))
    torn = posting(level=fact(mid, ["conflict"], alternatives=[mid, senior]))
    assert ask("levels", torn, levels=["mid", "senior"]).answer is YES
    assert ask("levels", torn, levels=["lead"]).answer is NO
    verdict = ask("levels", torn, levels=["senior"])
    assert (verdict.answer, verdict.reason, verdict.policy) == (UNKNOWN, "conflict", "level")


def test_a_conflict_that_the_reader_has_settled_is_no_contradiction() -> None:
    settled = fact(ContractType.PERMANENT, ["contract_conflict"], alternatives=list(ContractType)[:2])
    assert ask("contract", posting(contract=settled), contract=["permanent"]).answer is YES


def test_the_track_is_asked_for_by_name() -> None:
    manager = posting(level=fact(Level(Rung.LEAD, Rung.LEAD, "management")))
    assert ask("track", manager, track=["ic", "lead"]).answer is NO
    assert ask("track", manager, track=["management"]).answer is YES
    assert ask("track", posting(), track=["ic"]).answer is UNKNOWN


@pytest.mark.parametrize(
    ("family", "wanted", "answer"),
    [
        ("backend", [], YES),
        ("non_software", [], NO),
        ("unknown", [], UNKNOWN),
        (None, [], UNKNOWN),
        ("backend", ["backend", "data"], YES),
        ("frontend", ["backend"], NO),
        ("general", ["backend"], UNKNOWN),
    ],
)
def test_only_software_is_wanted_unless_said_otherwise(family: str | None, wanted: list[str], answer: Answer) -> None:
    assert ask("family", posting(family=fact(family)), family=wanted).answer is answer


# --- mode and UK (7.6) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modes", "ruled_out", "flags", "wanted", "answer"),
    [
        ("", "", [], ["remote"], UNKNOWN),
        ("", "remote", [], ["remote"], NO),
        ("", "remote", [], ["remote", "hybrid"], UNKNOWN),
        ("remote", "", [], ["remote"], YES),
        ("remote hybrid", "", [], ["hybrid"], YES),
        ("hybrid", "", [], ["remote"], NO),
        ("hybrid", "", ["remote_negotiable"], ["remote"], UNKNOWN),
        ("hybrid", "", ["field_says_remote"], ["remote"], UNKNOWN),
        ("remote", "", [], ["hybrid"], NO),
        ("remote", "", ["office_optional"], ["hybrid"], UNKNOWN),
        ("onsite", "", [], ["remote", "hybrid"], NO),
    ],
)
def test_a_mode_answers_by_what_is_offered(
    modes: str, ruled_out: str, flags: list[str], wanted: list[str], answer: Answer
) -> None:
    mode = WorkMode(frozenset(map(Mode, modes.split())), frozenset(map(Mode, ruled_out.split())))
    assert ask("modes", posting(mode=fact(mode, flags)), modes=wanted).answer is answer


@pytest.mark.parametrize(
    ("modes", "days", "answer"),
    [
        ("hybrid", OfficeDays(2, 2), YES),
        ("hybrid", OfficeDays(2, None), YES),
        ("hybrid", OfficeDays(1, 3), YES),
        ("hybrid", OfficeDays(3, 3), NO),
        ("hybrid", None, UNKNOWN),
        ("", None, UNKNOWN),
        ("remote", None, YES),
        ("onsite", OfficeDays(5, 5), NO),
    ],
)
def test_office_days_answer_by_the_fewest_that_are_asked(modes: str, days: OfficeDays | None, answer: Answer) -> None:
    mode = WorkMode(frozenset(map(Mode, modes.split())), office_days=days)
    assert ask("max_office_days", posting(mode=fact(mode)), max_office_days=2).answer is answer


@pytest.mark.parametrize(("fit", "answer"), [(UkFit.YES, YES), (UkFit.NO, NO), (UkFit.UNCLEAR, UNKNOWN)])
def test_a_remote_offer_must_be_open_to_the_uk(fit: UkFit, answer: Answer) -> None:
    remote = posting(mode=fact(WorkMode(frozenset({Mode.REMOTE}))), uk=fact(fit))
    assert ask("uk_remote_only", remote).answer is answer
    assert ask("uk_remote_only", remote, uk_remote_only=False).answer is YES


# --- salary (8.10) --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "flags", "reach", "floor", "mid"),
    [
        (55_000, 70_000, [], YES, NO, NO),
        (55_000, 80_000, [], YES, NO, YES),
        (70_000, 85_000, [], YES, YES, YES),
        (40_000, 60_000, [], NO, NO, NO),
        (65_000, 65_000, [], YES, YES, YES),
        (None, 70_000, [], YES, UNKNOWN, UNKNOWN),
        (None, 60_000, [], NO, NO, NO),
        (60_000, None, [], UNKNOWN, NO, UNKNOWN),
        (70_000, None, [], YES, YES, YES),
        (70_000, 1_000_000, ["wide"], YES, YES, YES),
        (30_000, 1_000_000, ["wide"], UNKNOWN, NO, UNKNOWN),
        (51_000, 171_000, ["geo_range"], UNKNOWN, NO, UNKNOWN),
    ],
)
def test_a_minimum_salary_answers_as_the_table_says(
    low: float | None, high: float | None, flags: list[str], reach: Answer, floor: Answer, mid: Answer
) -> None:
    post = posting(salary=fact(pay(low, high), flags))
    answers = [ask("min_salary", post, min_salary="£65k", salary_match=how).answer for how in ("reach", "floor", "mid")]
    assert answers == [reach, floor, mid]


@pytest.mark.parametrize(
    ("salary", "how", "label"),
    [
        (pay(55_000, 70_000), "reach", "£55k–£70k straddles your £65k"),
        (pay(None, 70_000), "reach", "up to £70k may reach your £65k"),
        (pay(60_000, None), "reach", "from £60k may reach your £65k"),
        (pay(67_500, 67_500), "reach", "£67.5k meets your £65k"),
        (pay(41_250, 52_001), "reach", "£41,250–£52,001 is below your £65k"),
        (pay(60_000, 60_000, kind="ote"), "reach", "£60k on-target earnings is below your £65k"),
        (pay(80_000, 80_000, kind="ote"), "reach", "£80k is on-target earnings, base pay not stated"),
        (pay(30_000, 30_000, actual=Decimal(24_000)), "reach", "£30k pro rata, £24k actual is below your £65k"),
        (pay(62_000, 62_000, predicted=True), "reach", "pay not stated, estimated ~£62k"),
        (None, "reach", "pay not stated"),
    ],
)
def test_the_reason_is_one_that_a_person_understands(salary: Salary | None, how: str, label: str) -> None:
    assert ask("min_salary", posting(salary=fact(salary)), min_salary=65_000, salary_match=how).label == label


def test_the_kind_of_work_and_the_place_of_work_are_named_as_people_name_them() -> None:
    offered = posting(mode=fact(WorkMode(frozenset({Mode.ONSITE}))))
    assert ask("modes", offered, modes=["remote", "hybrid"]).label == "on-site, you want hybrid or remote"
    assert ask("family", posting(family=fact("backend")), family=[]).reason == "software_work"


def test_pay_that_is_not_stated_is_unknown_by_its_own_policy() -> None:
    for salary in (None, pay(90_000, 90_000, predicted=True)):
        verdict = ask("min_salary", posting(salary=fact(salary)), min_salary=65_000)
        assert (verdict.answer, verdict.policy) == (UNKNOWN, "salary")
    assert ask("min_salary", posting(salary=fact(pay(60_000, None))), min_salary=65_000).policy == "open_top"


def test_slack_and_the_tolerance_for_foreign_money_lower_the_floor() -> None:
    near = posting(salary=fact(pay(62_000, 63_500)))
    assert ask("min_salary", near, min_salary=65_000).answer is NO
    assert ask("min_salary", near, min_salary=65_000, salary_slack="5%").answer is YES
    dollars = Salary(Pay("base", Decimal(85_000), Decimal(85_000), "USD", "year"), (63_500, 63_500), "salary")
    verdict = ask("min_salary", posting(salary=fact(dollars)), min_salary=65_000)
    assert verdict == Verdict(YES, "meets_floor", "$85k (about £63.5k) meets your £65k")


def test_a_day_rate_never_satisfies_a_yearly_minimum() -> None:
    rate = posting(salary=fact(pay(600, 600, "day", "rate", "day_rate")))
    assert ask("min_salary", rate, min_salary=65_000, contract=["permanent"]).reason == "rate_not_salary"
    assert ask("min_salary", rate, min_salary=65_000).reason == "no_min_day_rate"
    decided = ask("min_salary", rate, min_salary=65_000, min_day_rate=500)
    assert (decided.answer, decided.policy) == (UNKNOWN, "")
    assert ask("min_day_rate", rate, min_salary=65_000, min_day_rate=500).answer is YES


def test_a_salary_never_satisfies_a_day_rate() -> None:
    salaried = posting(salary=fact(pay(90_000, 90_000)))
    assert ask("min_day_rate", salaried, min_day_rate=500, contract=["contract"]).answer is NO
    assert ask("min_day_rate", salaried, min_day_rate=500).answer is UNKNOWN
    assert ask("min_day_rate", salaried, min_day_rate=500, min_salary=65_000).policy == ""


def test_pay_whose_period_is_unclear_is_unknown() -> None:
    assert ask("min_salary", posting(salary=fact(pay(40, 45, "hour", None, "hourly"))), min_salary=65_000) == Verdict(
        UNKNOWN, "period_unclear", "£40–£45/hour: not clear whether it is a salary", "salary"
    )


@pytest.mark.parametrize(
    ("salary", "answer"),
    [
        (pay(500, 600, "day", "rate", "day_rate"), YES),
        (pay(None, 450, "day", "rate", "day_rate"), NO),
        (pay(450, None, "day", "rate", "day_rate"), UNKNOWN),
        (pay(70, 75, "hour", "rate", "hourly"), YES),
        (pay(50, 60, "hour", "rate", "hourly"), NO),
        (pay(2_600, 2_600, "week", "rate"), YES),
        (pay(2_400, 2_400, "week", "rate"), NO),
    ],
)
def test_rates_of_every_unit_are_compared_by_the_day(salary: Salary, answer: Answer) -> None:
    assert ask("min_day_rate", posting(salary=fact(salary)), min_day_rate=500).answer is answer


def test_a_day_rate_is_not_asked_of_a_permanent_job() -> None:
    permanent = posting(contract=fact(ContractType.PERMANENT))
    assert ask("min_day_rate", permanent, min_day_rate=500, min_salary=65_000).answer is YES


# --- stack (9.5) ----------------------------------------------------------------------------------------------


def tech(id: str, need: Need = Need.MUST, **more: Any) -> Tech:  # noqa: A002 - the field's own name
    return Tech(id, need, 2.0, evidence=id, **more)


@pytest.mark.parametrize(
    ("techs", "wanted", "answer"),
    [
        ([tech("python")], {"any": ["python", "go"]}, YES),
        ([tech("java")], {"any": ["python", "go"]}, NO),
        ([tech("python", implied_by="django")], {"any": ["python"]}, YES),
        ([tech("python", Need.NICE)], {"any": ["python"]}, YES),
        ([tech("python", Need.NOT)], {"any": ["python"]}, NO),
        ([tech("python", Need.LEGACY)], {"any": ["python"]}, NO),
        ([tech("csharp", implied_by="dotnet", weak=True)], {"any": ["csharp"]}, UNKNOWN),
        ([tech("python"), tech("postgresql")], {"all": ["python", "postgresql"]}, YES),
        ([tech("python")], {"all": ["python", "postgresql"]}, NO),
        ([tech("python", group=1), tech("java", group=1)], {"all": ["python"]}, YES),
        ([tech("php")], {"none": ["php"]}, NO),
        ([tech("php", Need.NEUTRAL), tech("python")], {"any": ["python"], "none": ["php"]}, NO),
        ([tech("php", Need.NICE)], {"none": ["php"]}, YES),
        ([tech("php", Need.LEGACY)], {"none": ["php"]}, YES),
        ([tech("php", Need.NICE)], {"none": ["php"], "strict": True}, NO),
        ([], {"none": ["php"]}, YES),
    ],
)
def test_a_stack_answers_by_what_the_advert_relies_on(techs: list[Tech], wanted: object, answer: Answer) -> None:
    assert ask("stack", posting(stack=tuple(techs)), stack=wanted).answer is answer


@pytest.mark.parametrize("post", [posting(truncated=True), posting(text="")])
def test_what_an_excerpt_does_not_mention_is_unknown(post: Posting) -> None:
    verdict = ask("stack", post, stack={"any": ["python"]})
    assert (verdict.answer, verdict.policy) == (UNKNOWN, "stack")


# --- place (10.6) ---------------------------------------------------------------------------------------------


def place(name: str) -> Place:
    found = find(name)
    assert found
    return found


def at(*names: str, modes: str = "hybrid", days: OfficeDays | None = None, **more: Any) -> Posting:
    mode = WorkMode(frozenset(map(Mode, modes.split())), office_days=days, **more)
    return posting(location=fact(Location(tuple(map(place, names)))), mode=fact(mode))


@pytest.mark.parametrize(
    ("post", "answer"),
    [
        (at("Leeds"), YES),
        (at("Bath", "Leeds"), YES),
        (at("Bath"), NO),
        (at("York", modes="hybrid"), YES),  # 22 miles, 30 allowed
        (at("York", modes="onsite"), NO),  # 15 allowed
        (at("York", days=OfficeDays(4, 4)), NO),
        (at("Manchester"), NO),  # 36 miles
        (at("Manchester", days=OfficeDays(1, 1)), YES),  # 60 allowed
        (at("London", modes="remote"), YES),
        (at("London", modes="remote", days=OfficeDays(0.25, 0.25)), NO),  # a day a month: 120 allowed
        (at("Manchester", modes="remote", days=OfficeDays(0.25, 0.25)), YES),
        (at("London", modes="remote", home_base=HomeBase("London")), NO),
        (at("Bath", modes="remote hybrid"), YES),
        (at("Bath", modes=""), UNKNOWN),  # it may be remote
        (at("Leeds", modes=""), YES),
    ],
)
def test_a_home_has_a_radius_that_follows_the_office_days(post: Posting, answer: Answer) -> None:
    assert ask("home", post, home="Leeds").answer is answer


def test_a_radius_of_ones_own_is_used_for_every_mode() -> None:
    assert ask("home", at("York", modes="onsite"), home="Leeds", max_miles=30).label == "York, 22 mi of 30"
    assert ask("home", at("York"), home="Leeds", max_miles=10).answer is NO


def test_who_does_not_want_remote_is_told_no_when_it_is_too_far() -> None:
    assert ask("home", at("Bath", modes="remote hybrid"), home="Leeds", modes=["hybrid"]).answer is NO


@pytest.mark.parametrize(
    ("location", "answer"),
    [
        (Location((Place("Perth", "GB"),), ambiguous=True), UNKNOWN),
        (Location((Place("Nether Nowhere", "GB"),), unresolved=True), UNKNOWN),
        (Location(), UNKNOWN),
        (Location((Place("Berlin", "DE"),)), NO),
        (Location((), frozenset({"DE"})), NO),
    ],
)
def test_a_place_that_is_not_clear_is_unknown_and_one_abroad_is_no(location: Location, answer: Answer) -> None:
    post = posting(location=fact(location), mode=fact(WorkMode(frozenset({Mode.HYBRID}))))
    assert ask("home", post, home="Leeds").answer is answer


# --- terms (11 to 14) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (ContractType.PERMANENT, YES),
        (ContractType.CONTRACT, NO),
        (ContractType.FIXED_TERM, NO),
        (None, UNKNOWN),
    ],
)
def test_a_contract_must_be_listed_to_pass(value: ContractType | None, answer: Answer) -> None:
    assert ask("contract", posting(contract=fact(value)), contract=["permanent"]).answer is answer


@pytest.mark.parametrize(
    ("kind", "value", "wanted", "answer"),
    [
        (ContractType.CONTRACT, Ir35.OUTSIDE, ["outside"], YES),
        (ContractType.CONTRACT, Ir35.INSIDE, ["outside", "unknown"], NO),
        (ContractType.CONTRACT, None, ["outside"], NO),
        (ContractType.CONTRACT, None, ["outside", "unknown"], UNKNOWN),
        (ContractType.CONTRACT, Ir35.TBC, ["outside", "unknown"], UNKNOWN),
        (ContractType.PERMANENT, Ir35.INSIDE, ["outside"], YES),
        (None, None, ["outside"], YES),
    ],
)
def test_ir35_is_asked_of_contracts_only(
    kind: ContractType | None, value: Ir35 | None, wanted: list[str], answer: Answer
) -> None:
    assert ask("ir35", posting(contract=fact(kind), ir35=fact(value)), ir35=wanted).answer is answer


@pytest.mark.parametrize(
    ("asked", "held", "eligible", "answer"),
    [
        (None, "none", True, YES),
        (Clearance(ClearanceLevel.NONE), "none", True, YES),
        (Clearance(ClearanceLevel.SC, "held"), "none", True, NO),
        (Clearance(ClearanceLevel.SC, "held"), "SC", True, YES),
        (Clearance(ClearanceLevel.SC, "held"), "DV", True, YES),
        (Clearance(ClearanceLevel.SC, "eligible"), "none", True, YES),
        (Clearance(ClearanceLevel.SC, "eligible"), "none", False, NO),
        (Clearance(ClearanceLevel.SC, "preferred"), "none", False, YES),
        (Clearance(ClearanceLevel.SC), "none", True, UNKNOWN),
        (Clearance(ClearanceLevel.BPSS), "none", True, YES),
        (Clearance(ClearanceLevel.BPSS), "none", False, UNKNOWN),
    ],
)
def test_clearance_answers_by_what_is_held_and_what_can_be_had(
    asked: Clearance | None, held: str, eligible: bool, answer: Answer
) -> None:
    post = posting(clearance=fact(asked))
    assert ask("clearance_held", post, clearance_held=held, clearance_eligible=eligible).answer is answer


@pytest.mark.parametrize(
    ("visa", "sure", "answer"),
    [
        (Visa(True), Confidence.HIGH, YES),
        (Visa(False), Confidence.HIGH, NO),
        (Visa(False, right_to_work=True), Confidence.LOW, UNKNOWN),
        (Visa(None, elsewhere=frozenset({"NL"})), Confidence.HIGH, UNKNOWN),
        (None, Confidence.HIGH, UNKNOWN),
    ],
)
def test_sponsorship_answers_and_silence_passes(visa: Visa | None, sure: Confidence, answer: Answer) -> None:
    verdict = ask("need_sponsorship", posting(visa=fact(visa, sure=sure)), need_sponsorship=True)
    assert (verdict.answer, verdict.policy) == (answer, "")


def test_agencies_can_be_excluded_or_ranked_lower() -> None:
    agency, direct = posting(agency=fact(True)), posting(agency=fact(False))
    assert ask("agencies", agency, agencies="exclude").answer is NO
    assert ask("agencies", posting(), agencies="exclude").answer is YES
    lower = read_search({"name": "mine", "agencies": "lower"}, "search")
    assert judge(lower, agency).rank < judge(lower, direct).rank


@pytest.mark.parametrize(
    ("mute", "muted"),
    [
        ({"companies": ["ACME Limited"]}, True),
        ({"companies": ["Ac"]}, False),
        ({"agencies": ["Acme"]}, True),
        ({"titles": ["back-?end"]}, True),
        ({"titles": ["\\bSalesforce\\b"]}, False),
    ],
)
def test_the_muted_are_never_seen(mute: object, muted: bool) -> None:
    assert (ask("mute", posting(), mute=mute).answer is NO) is muted


# --- what follows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "action"), [("include", Action.ALERT), ("digest", Action.DIGEST), ("exclude", Action.DROP)]
)
def test_the_policy_says_what_an_unknown_does(policy: str, action: Action) -> None:
    search = read_search(
        {"name": "mine", "levels": ["senior"], "unknown": {"level": policy, "uk": "include"}}, "search"
    )
    match = judge(search, posting())
    assert (match.action, match.answer) == (action, UNKNOWN)


def test_any_no_is_a_drop_and_all_yes_an_alert() -> None:
    search = read_search({"name": "mine", "levels": ["senior"]}, "search")
    known: dict[str, Any] = {"uk": fact(UkFit.YES), "family": fact("backend")}
    senior, junior = (fact(Level(rung, rung)) for rung in (Rung.SENIOR, Rung.JUNIOR))
    assert (judge(search, posting(level=senior, **known)).answer) is YES
    assert judge(search, posting(level=senior, **known)).action is Action.ALERT
    assert judge(search, posting(level=junior, **known)).action is Action.DROP


def test_every_reason_carries_the_words_it_was_read_from() -> None:
    search = read_search({"name": "mine", "levels": ["senior"], "stack": {"any": ["python"]}}, "search")
    match = judge(
        search, posting(level=fact(Level(Rung.SENIOR, Rung.SENIOR)), stack=(tech("python", rule="stack.list"),))
    )
    by_name = {reason.criterion: reason for reason in match.reasons}
    assert by_name["levels"].source == "body"
    assert by_name["levels"].rule == "a.rule"
    assert (by_name["stack"].evidence, by_name["stack"].rule) == ("python", "stack.list")
    assert by_name["uk_remote_only"] == Reason("uk_remote_only", by_name["uk_remote_only"].verdict, "", "", "none")


def test_more_pay_and_more_of_the_stack_rank_higher() -> None:
    search = read_search({"name": "mine", "min_salary": 60_000, "stack": {"any": ["python", "go"]}}, "search")
    modest = posting(salary=fact(pay(60_000, 65_000)), stack=(tech("python"),))
    better = posting(salary=fact(pay(70_000, 85_000)), stack=(tech("python"),))
    best = posting(salary=fact(pay(70_000, 85_000)), stack=(tech("python"), tech("go")))
    ranks = [judge(search, post).rank for post in (posting(stack=(tech("python"),)), modest, better, best)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4


def test_why_asks_every_search_and_every_criterion() -> None:
    searches = [read_search({"name": name, "levels": [name]}, "search") for name in ("senior", "junior")]
    matches = explain(searches, posting(level=fact(Level(Rung.SENIOR, Rung.SENIOR))))
    assert [match.search for match in matches] == ["senior", "junior"]
    assert [match.action for match in matches] == [Action.DIGEST, Action.DROP]


def test_the_filter_prints_what_the_contract_says() -> None:
    match: Match = judge(
        read_search({"name": "mine", "min_salary": 65_000}, "search"), posting(salary=fact(pay(5e4, 7e4)))
    )
    line = as_json("reed:1", match)
    assert (line["id"], line["search"], line["verdict"], line["action"]) == ("reed:1", "mine", "unknown", "digest")
    (salary,) = [reason for reason in line["reasons"] if reason["criterion"] == "min_salary"]
    assert (salary["verdict"], salary["because"]) == ("yes", "£50k–£70k straddles your £65k")
    assert all(reason["because"] for reason in line["reasons"])
