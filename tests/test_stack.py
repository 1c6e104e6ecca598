"""What reading a stack promises. The sentences are invented; `tests/quality` measures on real ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model import Need, RawPosting, Tech
from rolecall.normalise.stack import read_stack, technologies
from rolecall.normalise.stack_cues import sentences
from rolecall.normalise.stack_scan import Scan
from rolecall.normalise.text import part, prepare
from rolecall.normalise.vocabulary import TECHS, TOKEN, VOCABULARY, extend
from rolecall.normalise.zones import NEUTRAL
from tests.shared import shared


def read(body: str = "", title: str = "Job", company: str = "", tags: tuple[str, ...] = ()) -> tuple[Tech, ...]:
    raw = RawPosting(source="test", id="1", title=title, company=company, description=body, tags=tags)
    return read_stack(prepare(raw))


def named(body: str = "", title: str = "Job", company: str = "", tags: tuple[str, ...] = ()) -> set[str]:
    found = read(body, title, company, tags)
    return {tech.id for tech in found if tech.implied_by is None and tech.need not in (Need.NOT, Need.LEGACY)}


def only(body: str, wanted: str) -> Tech:
    return next(tech for tech in read(body) if tech.id == wanted)


def meant(body: str, need: Need) -> set[str]:
    return {tech.id for tech in read(body) if tech.implied_by is None and tech.need is need}


def groups(body: str) -> list[set[str]]:
    found: dict[int, set[str]] = {}
    for tech in read(body):
        if tech.group is not None and tech.implied_by is None:
            found.setdefault(tech.group, set()).add(tech.id)
    return sorted(found.values(), key=sorted)


# --- finding names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Python, Django and PostgreSQL", {"python", "django", "postgresql"}),
        ("ASP.NET Core, C# and F#", {"aspnet", "csharp", "fsharp"}),
        ("node.js / Node JS / NodeJS", {"nodejs"}),
        ("We use amazon-web-services and spring-boot", {"aws", "spring_boot"}),
        ("PL/SQL, T-SQL and CI/CD", {"plsql", "tsql", "cicd"}),
        ("Infrastructure-as-Code on k8s", {"iac", "kubernetes"}),
        ("C++17, C#, .NET 8", {"cpp", "csharp", "dotnet"}),
        ("Experience of PYTHON and terraform", {"python", "terraform"}),
    ],
)
def test_names_are_found_as_people_write_them(text: str, ids: set[str]) -> None:
    assert named(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Ruby on Rails", {"rails"}),
        ("React Native apps", {"react_native"}),
        ("AWS Lambda functions", {"lambda"}),
        ("Java and JavaScript", {"java", "javascript"}),
        ("Google Cloud Pub/Sub", {"gcp", "pubsub"}),
        ("Oracle Cloud", {"oci"}),
    ],
)
def test_the_longest_name_takes_its_words(text: str, ids: set[str]) -> None:
    assert named(text) == ids


@pytest.mark.parametrize(
    "text",
    ["jobs@python.org", "see https://docker.com/careers", "www.react.io", "apply at careers.example.net", "oracle.com"],
)
def test_an_address_names_no_technology(text: str) -> None:
    assert named(text) == set()


def test_words_that_lost_their_space_are_read_all_the_same() -> None:
    text = "the teamUsing Python and SQLYou bring ideasExperience of TableauSnowflake is usedGood pay"
    assert named(text) >= {"sql", "tableau", "snowflake"}


def test_a_brand_with_a_technology_in_it_is_a_brand() -> None:
    assert named("We are GoTransfer, makers of MapGPT.") == set()


# --- names that are also words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "We invest in R&D and hire for R&D environments.",
        "State space models (SSMs) are our field.",
        "We keep it as our main service bus.",
        "Go the extra mile",
        "Our go-to-market team. Go for it!",
        "We are Series C funded, C-suite backed",
        "the R&D department",
        "starting in Spring 2026",
        "a spring in your step",
        "express your interest; American Express pays us",
        "spark joy in the team",
        "a swift response to customers, react quickly, the rest of the team",
        "You will excel in this role and make things happen",
        "the chef de partie adds salt",
        "a single node in the cluster",
        "Based in Phoenix, Arizona",
        "Less is more. Helm the project. Play your part.",
        "net zero by 2030, NET PROFIT",
        "star and snowflake schemas",
        "Rest assured, you will excel and grow. React and adapt.",
        "Designing UI/web components for a growing business Central London",
    ],
)
def test_an_ordinary_word_is_no_technology(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Services written in Go", "go"),
        ("Senior Go developers wanted", "go"),
        ("* Go (we can train you)", "go"),
        ("Python, Java or Go to build services", "go"),
        ("C, C++ and Rust", "c"),
        ("We need a C Engineer", "c"),
        ("firmware in C for embedded boards", "c"),
        ("statistics with R and SAS", "r"),
        ("Java and Spring services", "spring"),
        ("Express on Node.js", "express"),
        ("Kafka, Spark and Flink", "spark"),
        ("iOS apps in Swift", "swift"),
        ("Ansible, Chef and Puppet", "chef"),
        ("Node and TypeScript", "nodejs"),
        ("Elixir with Phoenix", "phoenix"),
        ("Terraform, Vault and Consul", "vault"),
        ("React front ends", "react"),
        ("a REST API", "rest"),
        ("Nice to have: Rust", "rust"),
        ("php go python", "go"),
        ("javascript, react, node.js", "react"),
        ("We use Rust.", "rust"),
        ("React and Redux", "react"),
        ("strong Excel and presentation skills", "excel"),
        ("design the REST API", "rest"),
        ("services written in .NET Core", "dotnet"),
        ("ideally some Go experience", "go"),
        ("Helm and Kubernetes", "helm"),
    ],
)
def test_its_surroundings_make_a_word_a_technology(text: str, id: str) -> None:  # noqa: A002  # reads best so
    assert id in named(text)


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Backend Engineer (Go)", "go"),
        ("Senior Software Engineer, Go", "go"),
        ("Rust | Systems Engineer", "rust"),
        ("R Developer", "r"),
        ("Node Developer", "nodejs"),
        ("Platform Engineer - Go/Kubernetes", "go"),
    ],
)
def test_a_part_of_a_title_may_be_a_technology(title: str, id: str) -> None:  # noqa: A002  # reads best so
    assert id in named(title=title)


@pytest.mark.parametrize(
    "title", ["Go-to-Market Engineer", "Head of R&D", "Sous Chef", "Salt Mine Surveyor", "Class C Driver"]
)
def test_not_every_capital_in_a_title_is_one(title: str) -> None:
    assert named(title=title) == set()


def test_a_file_name_names_no_technology() -> None:
    assert named("see careers/index.php or technology.html") == set()


def test_the_virtual_machine_of_erlang_is_not_apache_beam() -> None:
    assert named("BEAM (Erlang/Elixir)") == {"erlang", "elixir"}


@pytest.mark.parametrize("company", ["Snowflake", "Snowflake Inc.", "snowflake technologies ltd"])
def test_an_employer_is_known_with_and_without_its_legal_form(company: str) -> None:
    assert named("At Snowflake we write Python.", company=company) == {"python"}


def test_the_employers_own_name_is_the_employer() -> None:
    text = "Snowflake is hiring. At Snowflake we write Python."
    assert named(text, company="Snowflake") == {"python"}
    assert named("We use dbt, Snowflake, Airflow.", company="Snowflake") == {"dbt", "snowflake", "airflow"}


def test_the_company_that_opens_a_header_is_no_technology() -> None:
    assert named(title="Oracle + Dyn | DevOps | Leeds", company="Oracle + Dyn") == set()
    assert named(title="Acme | Oracle DBA | Leeds", company="Acme") == {"oracle"}


def test_in_passing_about_the_company_only_lists_and_work_count() -> None:
    about = "About us\n"
    assert named(f"{about}We won a Python award from the mayor of our lovely town.") == set()
    assert named(f"{about}You'll work on our services in Python.") == {"python"}
    assert named(f"{about}* Python / Redis") == {"python", "redis"}


def test_customers_and_investors_are_not_the_stack() -> None:
    assert named("We have notable customers like Shopify, Stripe and Snowflake.") == set()
    assert named("Founded by former Databricks engineers.") == set()
    assert named("Our angels: an ex Stripe COO. We work in Python.") == {"python"}


# --- how they are meant -----------------------------------------------------------------------------------------------


def test_headings_say_what_is_a_must_and_what_is_welcome() -> None:
    text = "Essential\n* Python\n* SQL\nDesirable\n* Kafka\nOur stack\n* Redis"
    assert meant(text, Need.MUST) == {"python", "sql"}
    assert meant(text, Need.NICE) == {"kafka"}
    assert (only(text, "redis").need, only(text, "redis").weight) == (Need.NEUTRAL, 1.5)


@pytest.mark.parametrize(
    ("heading", "need"),
    [
        ("You're the perfect fit if you have:", Need.MUST),
        ("To apply you should have:", Need.MUST),
        ("What we're after", Need.MUST),
        ("Who we are after:", Need.MUST),
        ("Skills we're looking for", Need.MUST),
        ("You tick these boxes:", Need.MUST),
        ("You'll need:", Need.MUST),
        ("You might be a fit if you have:", Need.MUST),
        ("We're keen to hear from you if", Need.MUST),
        ("Skills you'll bring", Need.MUST),
        ("What we're searching for", Need.MUST),
        ("What my client is looking for:", Need.MUST),
        ("It'd be handy if you had:", Need.NICE),
        ("What makes you stand out:", Need.NICE),
        ("You'll shine if you have:", Need.NICE),
        ("Would be a plus", Need.NICE),
        ("Other useful skills", Need.NICE),
        ("Desirable but not essential:", Need.NICE),
        ("Don't worry if you don't have:", Need.NICE),
    ],
)
def test_headings_are_known_in_other_words(heading: str, need: Need) -> None:
    assert only(f"{heading}\n* Kafka", "kafka").need is need


@pytest.mark.parametrize(
    "text",
    [
        "Ideally you know Kafka.",
        "Kafka would be a plus.",
        "Kafka is desirable.",
        "Bonus points for Kafka.",
        "You know Python. Not essential but useful: Kafka.",
        "Python is required, Kafka nice to have.",
        "A queue such as Kafka (preferred).",
    ],
)
def test_a_sentence_can_make_a_technology_welcome(text: str) -> None:
    assert meant(text, Need.NICE) == {"kafka"}


@pytest.mark.parametrize(
    "text",
    [
        "You will need Kafka.",
        "You'll need to know Kafka.",
        "We require Kafka.",
        "Kafka is a must.",
        "Proficient in Kafka.",
        "Commercial experience of Kafka.",
        "A solid grasp of Kafka.",
    ],
)
def test_a_sentence_can_make_a_technology_a_must(text: str) -> None:
    assert meant(text, Need.MUST) == {"kafka"}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Java (not JavaScript)", "javascript"),
        ("We use Go rather than Java here.", "java"),
        ("Backend Engineer (non-elixir)", "elixir"),
        ("No PHP here, we promise.", "php"),
        ("Python instead of Perl", "perl"),
        ("You won't be using Java.", "java"),
    ],
)
def test_a_negation_rules_out(text: str, id: str) -> None:  # noqa: A002  # reads best so
    assert meant(text, Need.NOT) == {id}


@pytest.mark.parametrize("text", ["not only Python but Java", "not limited to Python", "no matter if Python or Java"])
def test_some_negations_negate_nothing(text: str) -> None:
    assert "python" in named(text)


@pytest.mark.parametrize(
    ("text", "left", "wanted"),
    [
        ("We rewrote our PHP monolith in Go.", {"php"}, {"go"}),
        ("We are migrating our estate from Oracle to PostgreSQL.", {"oracle"}, {"postgresql"}),
        ("Maintain legacy Perl scripts with Python.", {"perl"}, {"python"}),
        ("Migrating from Oracle, DB2 and Sybase to MySQL.", {"oracle", "db2", "sybase"}, {"mysql"}),
        ("Refactoring legacy apps, writing Python.", set(), {"python"}),
        ("Moving away from Jenkins to GitHub Actions.", {"jenkins"}, {"github_actions"}),
    ],
)
def test_what_is_being_left_is_legacy(text: str, left: set[str], wanted: set[str]) -> None:
    assert meant(text, Need.LEGACY) == left
    assert named(text) == wanted


def test_moving_data_leaves_no_technology() -> None:
    assert meant("Moving data from Oracle into Snowflake.", Need.LEGACY) == set()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Essential\n* Kotlin (we will teach you)", "kotlin"),
        ("You must write Scala (training will be given).", "scala"),
        ("No Java experience required.", "java"),
    ],
)
def test_what_the_employer_teaches_is_never_a_must(text: str, id: str) -> None:  # noqa: A002  # reads best so
    tech = only(text, id)
    assert tech.need is not Need.NOT
    assert tech.need is not Need.MUST


def test_training_is_noted() -> None:
    assert only("* Kotlin (we will teach you)", "kotlin").trainable
    assert not only("* Kotlin", "kotlin").trainable


def test_the_title_weighs_most() -> None:
    (tech,) = [tech for tech in read("python", title="Python Developer") if tech.id == "python"]
    assert (tech.need, tech.weight, tech.rule) == (Need.MUST, 3.0, "stack.title")


def test_the_strongest_mention_counts() -> None:
    text = "Desirable\n* Python\nEssential\n* Python"
    assert [tech.need for tech in read(text) if tech.id == "python"] == [Need.MUST]


def test_a_list_that_lost_its_line_ends_is_read_item_by_item() -> None:
    text = "Requirements: tools such as Spark or Trino Knowledge of clouds Hands-on experience with Azure is beneficial"
    assert meant(text, Need.NICE) == {"azure"}
    assert {"spark", "trino"} <= meant(text, Need.MUST)


def test_what_would_be_welcome_if_it_were_so_is_not_what_stands_before() -> None:
    assert meant("We write Clojure, and it would be beneficial if you knew football.", Need.NICE) == set()


def test_brands_in_a_text_without_line_ends_are_not_taken_apart_to_languages() -> None:
    assert named("Our GoFlex days, the GoTeam and RustCon. MyTeam usingPython") == {"python"}


def test_a_negation_elsewhere_does_not_undo_a_wish() -> None:
    assert named("Essential\n* Java\nOther\nThis is not a Java support role.") == {"java"}


# --- one of several ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Java or Kotlin", [{"java", "kotlin"}]),
        ("Python, Java or Ruby", [{"python", "java", "ruby"}]),
        ("one of AWS, Azure, GCP", [{"aws", "azure", "gcp"}]),
        ("AWS/Azure/GCP", [{"aws", "azure", "gcp"}]),
        ("a queue such as Kafka, RabbitMQ", [{"kafka", "rabbitmq"}]),
        ("Python, SQL, and AWS or Azure", [{"aws", "azure"}]),
        ("MySQL, PostgreSQL or similar", [{"mysql", "postgresql"}]),
        ("Python, SQL and Kafka", []),
        ("Go/Golang", []),
        ("C/C++, C#/.NET, HTML/CSS, Python/Django", []),
    ],
)
def test_a_choice_is_one_group(text: str, expected: list[set[str]]) -> None:
    assert groups(text) == sorted(expected, key=sorted)


def test_groups_of_title_and_body_have_numbers_of_their_own() -> None:
    found = {tech.id: tech.group for tech in read("AWS or Azure", title="Java or Kotlin Developer")}
    assert found["java"] == found["kotlin"] != found["aws"] == found["azure"]


# --- what follows, tags, evidence -------------------------------------------------------------------------------------


def test_what_follows_is_marked() -> None:
    spring, csharp = only("Spring Boot", "spring"), only("a .NET shop", "csharp")
    assert (spring.implied_by, spring.weak) == ("spring_boot", False)
    assert (csharp.implied_by, csharp.weak) == ("dotnet", True)


def test_practices_and_what_follows_can_be_asked_for_but_are_no_technologies() -> None:
    found = read("Microservices in Spring Boot with CI/CD")
    assert {tech.id for tech in found} >= {"microservices", "cicd", "spring_boot", "java"}
    assert {tech.id for tech in technologies(found)} == {"spring_boot"}


def test_nothing_follows_from_what_is_ruled_out() -> None:
    assert {tech.id for tech in read("We do not use Django")} == {"django"}


def test_a_tag_counts_only_where_the_text_is_silent() -> None:
    found = {tech.id: tech for tech in read("Python", tags=("python", "golang", "London"))}
    assert found["python"].rule == "stack.neutral"
    assert (found["go"].rule, found["go"].weight) == ("stack.tag", 0.5)


def test_every_mention_shows_the_words_it_was_read_from() -> None:
    text = "We use postgres, K8s and Amazon Web Services."
    assert {tech.evidence for tech in read(text)} == {"postgres", "K8s", "Amazon Web Services"}


def test_a_users_own_technology_is_read() -> None:
    raw = RawPosting(source="test", id="1", title="Job", description="Quux DB and Python")
    found = read_stack(prepare(raw), extend([{"id": "quux", "name": "Quux DB"}]))
    assert {tech.id for tech in found if tech.implied_by is None} == {"quux", "python"}


# --- on any text ------------------------------------------------------------------------------------------------------

_NAMES = sorted({spelling for entry in TECHS.values() for spelling, _ in entry.spellings()})
_WORDS = st.one_of(
    st.sampled_from(_NAMES),
    st.sampled_from(
        ["not", "or", "and", "such as", "legacy", "from", "ideally", "a plus", "no", "\n* ", "/", ",", ". "]
    ),
    st.text(max_size=8),
)


@settings(max_examples=100)
@given(st.lists(_WORDS, max_size=40), st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_is_read(words: list[str], title: str, tags: list[str]) -> None:
    raw = RawPosting(source="test", id="1", title=title, company=title, description=" ".join(words), tags=tuple(tags))
    doc = prepare(raw)
    found = read_stack(doc)
    assert len({tech.id for tech in found}) == len(found)
    assert all(tech.id in TECHS for tech in found)
    assert all(tech.evidence in doc.body + doc.title + " ".join(tags) for tech in found)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["we", "like", "our", "great", "people", "work"]), max_size=12))
def test_harmless_words_around_it_change_nothing(words: list[str]) -> None:
    padding = " ".join(words)
    assert named(f"{padding}. PostgreSQL. {padding}") == {"postgresql"}


@pytest.mark.parametrize("piece", ["C ", "Go, ", "not C ", "xGo", "legacy Perl, ", "(", "* Go\n", "a plus Python "])
def test_a_text_of_one_word_over_and_over_is_read(piece: str) -> None:
    assert len(read(piece * (64_000 // len(piece)))) < 10


# --- against the shared cases -----------------------------------------------------------------------------------------


def test_the_short_cases_of_the_design_hold() -> None:
    misses = []
    for line in shared("data", "cases", "stack.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        in_title = case.get("context", {}).get("where") == "title"
        found = named("" if in_title else case["input"], case["input"] if in_title else "Job")
        if found != set(case["expect"]["named"]):
            misses.append((case["id"], found))
    assert misses == []


@settings(max_examples=200)
@given(st.text("ac#+. net-é9\n", max_size=40))
def test_a_name_begins_and_ends_where_a_word_does_with_the_signs_that_belong_to_it(text: str) -> None:
    scan = Scan(part("body", f"sql {text}"), VOCABULARY)
    words = [word.span() for word in TOKEN.finditer(scan.low)]
    assert {mention.start for mention in scan.found} <= {start for start, _ in words}
    assert {mention.end for mention in scan.found} <= {end for _, end in words}


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["a", "sea", "not", "as", "Go", "SQL", ",", "(", " - ", "é", "C++"]), max_size=30))
def test_every_word_of_a_sentence_is_where_the_text_has_it(words: list[str]) -> None:
    scan = Scan(part("body", f"Python {' '.join(words)}"), VOCABULARY)
    for sentence in sentences(scan, NEUTRAL, scan.found):
        ends = [0, *(start + len(word) for start, word in zip(sentence.starts, sentence.words, strict=True))]
        between = [scan.flat[end:start] for end, start in zip(ends, sentence.starts, strict=False)]
        assert all(scan.flat.startswith(word, at) for at, word in zip(sentence.starts, sentence.words, strict=True))
        assert not any(gap.strip() for gap in between[1:])


def test_a_mention_is_where_the_text_has_it_also_after_words_that_were_glued() -> None:
    text = "usingPython withDjango andRedis, then PostgreSQL and Node.js"
    scan = Scan(part("body", text), VOCABULARY)
    assert {scan.evidence(mention) for mention in scan.found} >= {"Python", "Django", "Redis", "PostgreSQL", "Node.js"}


def test_a_zone_is_found_by_the_place_in_the_text_whatever_was_glued_before() -> None:
    body = "usingPython withDjango andRedis\nNice to have\nKafka\nMust have\nTerraform"
    assert meant(body, Need.NICE) == {"kafka"}
    assert "terraform" in meant(body, Need.MUST)
