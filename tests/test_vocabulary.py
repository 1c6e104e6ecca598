"""What the vocabulary of technologies promises: names are found as people write them, and the words are sound."""

from __future__ import annotations

import pytest

from rolecall.normalise import vocabulary
from rolecall.normalise.vocabulary import TECHS, build, check, cut, extend, implied, lower, name, resolve, suggest


def test_the_shipped_vocabulary_is_sound() -> None:
    assert check() == []


def test_it_knows_hundreds_of_technologies() -> None:
    assert len(TECHS) >= 350


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("python", "python"),
        ("Node.js", "nodejs"),
        ("node js", "nodejs"),
        ("K8s", "kubernetes"),
        ("C#", "csharp"),
        ("c++", "cpp"),
        (".NET", "dotnet"),
        ("golang", "go"),
        ("Go", "go"),
        ("spring_boot", "spring_boot"),
        ("Spring Boot", "spring_boot"),
        ("PL/SQL", "plsql"),
        ("CI/CD", "cicd"),
        ("Postgres", "postgresql"),
    ],
)
def test_an_id_a_name_or_an_alias_in_any_case_resolves(written: str, found: str) -> None:
    assert resolve(written) == found
    assert resolve(f" {written.upper()} ") == found


@pytest.mark.parametrize("written", ["", " ", "?", "gardening", "py thon"])
def test_what_is_no_technology_resolves_to_nothing(written: str) -> None:
    assert resolve(written) is None


def test_every_id_and_every_name_resolves_to_itself() -> None:
    assert {entry.id: resolve(entry.id) for entry in TECHS.values()} == {entry.id: entry.id for entry in TECHS.values()}
    assert all(resolve(entry.name) == entry.id for entry in TECHS.values())


def test_a_slip_of_the_pen_is_answered_with_the_nearest_names() -> None:
    assert suggest("postgress")[0] == "PostgreSQL"
    assert "Kubernetes" in suggest("kubernets")
    assert suggest("zzzzzzzz") == []


def test_a_name_is_what_people_say_and_an_unknown_id_names_itself() -> None:
    assert name("csharp") == "C#"
    assert name("no_such_thing") == "no_such_thing"


def test_what_follows_follows_at_any_distance() -> None:
    assert implied("spring_boot") >= {"spring", "java", "jvm"}
    assert implied("no_such_thing") == frozenset()


def test_what_is_only_probable_does_not_follow_surely() -> None:
    assert "csharp" not in implied("dotnet")
    assert vocabulary.VOCABULARY.closure["dotnet"]["csharp"] is True


def test_a_circle_of_implications_ends() -> None:
    known = build([{"id": "a", "implies": ["b"]}, {"id": "b", "weak": ["a"]}])
    assert known.closure == {"a": {"b": False}, "b": {"a": True}}


def test_a_user_adds_a_technology_without_touching_ours() -> None:
    known = extend([{"id": "quux", "name": "Quux DB", "aliases": ["quuxdb"], "implies": ["sql"]}])
    assert resolve("QuuxDB", known) == "quux"
    assert implied("quux", known) == {"sql"}
    assert resolve("QuuxDB") is None


def test_a_user_adds_an_alias_to_one_of_ours_and_nothing_is_lost() -> None:
    known = extend([{"id": "python", "aliases": ["serpent"]}])
    assert resolve("Serpent", known) == resolve("python3", known) == "python"
    assert name("python", known) == "Python"
    assert known.entries["python"].kind == "language"


def test_check_names_every_mistake_at_once() -> None:
    known = build(
        [
            {"id": "a", "kind": "tool", "name": "Aaa", "aliases": ["same", "?!"], "implies": ["nowhere"]},
            {"id": "b", "kind": "tool", "name": "Bbb", "aliases": ["Same"], "near": ["two words"]},
        ]
    )
    said = "\n".join(map(str, check(known)))
    assert "tool.a: implies 'nowhere'" in said
    assert "'?!' holds no word" in said
    assert "tool.b: the alias 'Same' belongs to 'a'" in said
    assert "no ambiguous name" in said
    assert "'two words' is not one word" in said
    assert "rule.pairs: 'cpp' is no technology here" in said


def test_lower_case_never_moves_a_position() -> None:
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000))))
    assert len(lower(everything)) == len(everything)


def test_names_are_cut_into_words_that_keep_their_signs() -> None:
    assert cut("ASP.NET / C++ and c#") == (["asp", ".net", "c++", "and", "c#"], ["", " / ", " ", " "])
