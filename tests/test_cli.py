"""The commands, as a person types them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from rolecall.budget import BUDGETS
from rolecall.plan import Plan, SourceState
from rolecall.schedule import DAY
from rolecall.store import SqliteStore
from tests.command import Done, command
from tests.fakes.board import Board
from tests.house import NOON, config_of, feed, greenhouse, house_of, job, jobs, poll_all

COMMAND = Path(sys.executable).with_name("rolecall")
COMMANDS = (
    "run",
    "demo",
    "check",
    "test",
    "status",
    "list",
    "why",
    "same",
    "join",
    "split",
    "applied",
    "dismiss",
    "undo",
    "normalise",
    "dedupe",
    "match",
    "vocabulary",
    "discover",
    "import",
    "export",
    "backup",
    "restore",
    "doctor",
)

BASE = """
[daemon]
database = "rolecall.db"
allow_private = true
host_pause = "0s"

[channel.console]

[channel.pages]
kind = "html"
folder = "pages"
at = ["07:30"]

[[search]]
name = "Python"
stack.any = ["python"]
min_salary = 70000

[[search]]
name = "Go"
stack.any = ["go"]
"""

ROWS = [
    job(1, title="=SUM(A1) Senior Python Engineer", content="Python. Remote within the UK. £90,000 a year."),
    job(
        2, title="Senior Python <script>alert(1)</script> Engineer\x1b[2J", content="Python. Remote in the UK. £80,000."
    ),
    job(3, title="Junior Python Engineer", content="Python. Remote within the UK. £30,000 a year."),
]


def run(*args: str, at: Path | None = None, stdin: bytes = b"", code: int = 0, **env: str) -> Done:
    """Run the command; it must end with `code`."""
    done = command(*args, at=at, stdin=stdin, **env)
    assert done.returncode == code, done.stderr
    return done


def check(*args: str, at: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `rolecall check`, in a process of its own."""
    done = subprocess.run([COMMAND, "check", *args], capture_output=True, text=True, cwd=at, check=False, timeout=120)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A folder with a configuration and a database in which two of three jobs matched, and one feed failed."""
    folder = tmp_path_factory.mktemp("home")
    async with Board() as board:
        board.serve("/v1/boards/larkspur/jobs", jobs(*ROWS))
        text = BASE + greenhouse("larkspur", board.url) + feed("gone", f"{board.url}/gone")
        (folder / "config.toml").write_text(text)
        store = await SqliteStore.open(folder / "rolecall.db")
        async with house_of(config_of(text), store) as house:
            await poll_all(house)
        await store.close()
        yield folder


def ids(home: Path) -> dict[int, str]:
    """Return the job ids by the number of the posting."""

    async def read() -> dict[int, str]:
        store = await SqliteStore.open(home / "rolecall.db", readonly=True)
        found = await store.recent(NOON - timedelta(days=9), 10)
        await store.close()
        return {int(each.postings[0].raw.id): each.id for each in found}

    return asyncio.run(read())


# --- help -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    said = run(name, "--help").stdout
    assert f"rolecall {name}" in said
    assert len(said.splitlines()) > 5


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    program = """
import sys
from rolecall.cli import main
sys.argv = ["rolecall", "--help"]
try:
    main()
except SystemExit as end:
    assert end.code == 0
heavy = "aiohttp telegram apscheduler sqlite_utils pydantic feedparser jinja2 aiosmtplib httpx".split()
print("imported:", [name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert "imported: []" in done.stdout


# --- list -----------------------------------------------------------------------------------------------------


def test_the_table_shows_what_matched_with_pay_and_place(home: Path) -> None:
    head, *rows = run("list", at=home).stdout.splitlines()
    assert head.split() == ["ID", "POSTED", "TITLE", "COMPANY", "PAY", "PLACE", "MODE", "SEARCH", "FROM"]
    assert len(rows) == 2
    assert all(words in "\n".join(rows) for words in ("£80k", "£90k", "Remote", "Invented 1 Works", "Python"))
    assert "\x1b" not in "".join(rows), "neither a board's colours nor ours where no terminal is"


def test_json_has_numbers_to_sort_by(home: Path) -> None:
    rows = json.loads(run("list", "--format", "json", at=home).stdout)
    assert sorted(row["annual_gbp_min"] for row in rows) == [80000, 90000]
    assert json.loads(run("list", "--json", at=home).stdout) == rows


def test_a_title_that_begins_like_a_formula_does_not_run_in_a_spreadsheet(home: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv", at=home).stdout)))
    assert sorted(row["title"][:5] for row in rows) == ["'=SUM", "Senio"]


def test_html_and_markdown_show_markup_as_text(home: Path) -> None:
    page = run("list", "--format", "html", at=home).stdout
    assert "<script>" not in page
    assert 'href="https://jobs.example.org/1"' in page
    table = run("list", "--format", "md", at=home).stdout
    assert "<script>" not in table
    assert table.startswith("| ID | POSTED |")


def test_list_can_be_narrowed(home: Path) -> None:
    assert len(run("list", "--top", "1", at=home).stdout.splitlines()) == 2
    assert "Nothing has matched yet" in run("list", "--search", "Go", at=home).stdout
    assert json.loads(run("list", "--search", "Go", "--json", at=home).stdout) == []
    assert "searches are 'Python', 'Go'" in run("list", "--search", "Rust", at=home, code=2).stderr


async def test_list_says_when_what_matched_has_closed(home: Path, tmp_path: Path) -> None:
    later = shutil.copytree(home, tmp_path / "later")
    store = await SqliteStore.open(later / "rolecall.db")
    for name, state in (await store.source_states()).items():
        ids = tuple(await store.open_ids(name))
        for _ in range(2):  # gone means twice
            await store.commit(Plan(NOON, source=state, gone=ids))
    await store.close()
    assert "rolecall list --closed" in (await asyncio.to_thread(run, "list", at=later)).stdout
    shown = await asyncio.to_thread(run, "why", "https://jobs.example.org/1", at=later)
    assert "\nit has closed\n" in shown.stdout


# --- why ------------------------------------------------------------------------------------------------------


def test_why_explains_a_job_that_matched_by_its_address(home: Path) -> None:
    said = run("why", "https://jobs.example.org/1?utm_source=x", at=home).stdout
    assert '"Python" -> alert, alerted ' in said
    assert '"Go" -> drop' in said
    assert "£90k meets your £70k" in said
    assert 'body: "£90,000 a year"' in said


def test_why_explains_a_job_that_did_not_match_by_the_beginning_of_its_id(home: Path) -> None:
    said = run("why", ids(home)[3][:6], at=home).stdout
    assert "£30k is below your £70k" in said
    assert '"Python" -> drop' in said
    assert "alerted" not in said


def test_why_as_json_has_every_verdict(home: Path) -> None:
    found = json.loads(run("why", ids(home)[2], "--json", at=home).stdout)
    assert [match["search"] for match in found["matches"]] == ["Python", "Go"]
    assert list(found["alerted"]) == ["Python"]
    assert found["facts"]["id"] == "2"


@pytest.mark.parametrize("unknown", ["zzzzzzzz", "https://jobs.example.org/none"])
def test_why_says_that_it_does_not_know_a_job(home: Path, unknown: str) -> None:
    assert f"no stored job has the id or address '{unknown}'" in run("why", unknown, at=home, code=1).stderr


def test_a_board_cannot_steer_the_terminal(home: Path) -> None:
    for words in (["list"], ["why", ids(home)[2]], ["status"]):
        assert "\x1b" not in run(*words, at=home).stdout


# --- status ---------------------------------------------------------------------------------------------------


def test_status_shows_sources_channels_and_totals(home: Path) -> None:
    said = run("status", at=home).stdout
    assert "\n3 postings, 3 jobs (0 duplicates folded), 2 alerts, 0 messages sent\n" in said
    assert any(line.split()[:2] == ["greenhouse:larkspur", "alive"] for line in said.splitlines())
    assert any(line.split()[:2] == ["feed:gone", "gone"] and "404" in line for line in said.splitlines())
    assert any(line.split()[:2] == ["console", "1"] for line in said.splitlines()), "a summary waits"


def test_status_as_json_is_for_programs(home: Path) -> None:
    seen = json.loads(run("status", "--json", at=home).stdout)
    assert seen["daemon"] is None
    assert Path(seen["database"]).name == "rolecall.db"
    assert [search["name"] for search in seen["searches"]] == ["Python", "Go"]
    assert [(source["name"], source["failures"]) for source in seen["sources"]] == [
        ("greenhouse:larkspur", 0),
        ("feed:gone", 1),
    ]
    assert [channel["name"] for channel in seen["channels"]] == ["console", "pages"]
    assert seen["totals"]["alerts"] == 2


def test_before_the_first_run_there_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BASE)
    for words in (["status"], ["list"], ["why", "abc"]):
        assert "start the daemon first" in run(*words, at=tmp_path, code=1).stderr


def test_without_a_configuration_every_place_is_named(tmp_path: Path) -> None:
    said = run("status", at=tmp_path, code=78, XDG_CONFIG_HOME=str(tmp_path)).stderr
    assert f"config.toml, {tmp_path}/rolecall/config.toml, /etc/rolecall/config.toml" in said


# --- check and test -------------------------------------------------------------------------------------------


async def test_check_tries_every_source_and_channel(tmp_path: Path) -> None:
    async with Board() as board:
        board.serve("/v1/boards/larkspur/jobs", jobs(*ROWS, {"id": 9}))
        config = tmp_path / "config.toml"
        config.write_text(BASE + greenhouse("larkspur", board.url))
        good = await asyncio.to_thread(check, at=tmp_path)
        config.write_text(BASE + greenhouse("larkspur", board.url) + feed("gone", f"{board.url}/gone"))
        (tmp_path / "pages").rmdir()
        (tmp_path / "pages").write_text("a file where a folder should be")
        bad = await asyncio.to_thread(check, "--json", at=tmp_path, code=1)
    assert "good (1 source, 2 channels, 2 searches)" in good.stdout
    assert "3 postings, 1 unreadable" in good.stdout
    assert [(row["NAME"], row["RESULT"]) for row in json.loads(bad.stdout)] == [
        ("greenhouse:larkspur", "ok"),
        ("feed:gone", "failed"),
        ("console", "ok"),
        ("pages", "failed"),
    ]


async def test_check_tries_one_text_where_the_list_has_none(tmp_path: Path) -> None:
    sources = Path(__file__).parent / "fixtures" / "sources"
    path = "/v1/companies/Quillfish1/postings"
    async with Board() as board:
        board.serve(path, (sources / "smartrecruiters.json").read_bytes())
        config = tmp_path / "config.toml"
        source = f'[[source]]\nkind = "smartrecruiters"\nboard = "Quillfish1"\nbase = "{board.url}"\n'
        config.write_text(BASE + source)
        bad = await asyncio.to_thread(check, "--json", at=tmp_path, code=1)
        board.serve(f"{path}/744000001", (sources / "smartrecruiters_detail.json").read_bytes())
        good = await asyncio.to_thread(check, "--json", at=tmp_path)
    assert "404" in json.loads(bad.stdout)[0]["DETAIL"]
    assert json.loads(good.stdout)[0]["DETAIL"] == "2 postings, a text too"


async def test_check_keeps_within_a_budget_and_counts_its_own_calls(tmp_path: Path) -> None:
    database = tmp_path / "rolecall.db"
    limits = next(budget for budget in BUDGETS if budget.name == "remotive").limits
    async with Board() as board:
        board.serve("/api/remote-jobs", '{"jobs": []}')
        source = f'[[source]]\nkind = "remotive"\nbase = "{board.url}"\n'
        (tmp_path / "config.toml").write_text(BASE + source)
        await (await SqliteStore.open(database)).close()
        said = [await asyncio.to_thread(check, "--json", at=tmp_path) for _ in range(3)]
        assert [json.loads(each.stdout)[0]["RESULT"] for each in said] == ["ok", "ok", "put off"], "two a minute"
        assert "out of budget: remotive allows 4 calls a day" in said[-1].stdout
        assert len(board.asked) == 2

        store = await SqliteStore.open(database)
        now = datetime.now(UTC)
        assert await store.spent(now - DAY) == {"remotive": 2}
        assert await store.spend("remotive", limits, now) is not None
        state = SourceState("remotive:software-dev", now, health="alive", last_success=now, postings=7)
        await store.commit(Plan(now, source=state))
        beside = await asyncio.to_thread(check, "--json", at=tmp_path)
        await store.close()
    row = json.loads(beside.stdout)[0]
    assert (row["RESULT"], len(board.asked)) == ("ok", 2), "a daemon that is running has the word"
    assert re.fullmatch(r"7 postings on .* \(4 calls a day are left to the daemon\)", row["DETAIL"])


async def test_check_leaves_a_host_alone_that_asked_for_it(tmp_path: Path) -> None:
    async with Board() as board:
        (tmp_path / "config.toml").write_text(BASE + feed("gone", board.serve("/jobs", "<rss/>")))
        store = await SqliteStore.open(tmp_path / "rolecall.db")
        await store.hold(urlsplit(board.url).netloc, datetime.now(UTC) + DAY / 2)
        beside = await asyncio.to_thread(check, "--json", at=tmp_path)
        await store.close()
        alone = await asyncio.to_thread(check, "--json", at=tmp_path)
        assert board.asked == []
    for said in (beside, alone):
        assert "has asked to be left alone" in json.loads(said.stdout)[0]["DETAIL"]


def test_check_offline_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BASE + greenhouse("larkspur", "http://127.0.0.1:1"))
    assert "good" in check("--offline", at=tmp_path).stdout


def test_check_names_all_problems_and_ends_with_78(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        BASE + '[[source]]\nkind = "feeed"\n[[search]]\nname = "x"\nlevels = ["sr"]\n'
    )
    said = check(at=tmp_path, code=78).stderr.splitlines()
    assert len(said) == 2
    assert all(line.startswith("rolecall: ") for line in said)


def test_a_test_message_reaches_its_channel(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BASE)
    assert "Rolecall can reach you here" in run("test", "console", at=tmp_path).stdout
    run("test", "pages", at=tmp_path)
    assert "Rolecall can reach you here" in (tmp_path / "pages" / "latest.html").read_text()
    assert "channels are console, pages" in run("test", "phone", at=tmp_path, code=2).stderr


# --- the filters ----------------------------------------------------------------------------------------------


def lines(*objects: object) -> bytes:
    return b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in objects)


POSTING = {"id": "a", "source": "feed:x", "title": "Senior Python Engineer", "description": "Python, remote, £80,000"}
BAD_LINES = [b"{not json\n", b'{"id": "b"}\n', b"[1]\n", b'{"id": "c", "title": "\xff"}\n', b"[" * 100_000 + b"\n"]


@pytest.mark.parametrize("name", ["normalise", "dedupe"])
def test_a_filter_answers_one_line_for_one_line_in_order(name: str) -> None:
    given = lines(POSTING, *BAD_LINES, b"\n", POSTING | {"id": "z"})
    answers = [json.loads(line) for line in run(name, stdin=given, code=1).stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [False, *[True] * (len(BAD_LINES) + 1), False]
    assert answers[-2] == {"id": None, "error": "an empty line is no posting"}
    assert [answers[0]["id"], answers[2]["id"], answers[-1]["id"]] == ["a", "b", "z"]


def test_the_match_filter_answers_once_for_each_posting_and_search(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BASE)
    given = lines(POSTING, b"{\n", POSTING | {"id": "z"})
    answers = [json.loads(line) for line in run("match", at=tmp_path, stdin=given, code=1).stdout.splitlines()]
    assert [(answer["id"], answer.get("search")) for answer in answers] == [
        *(("a", "Python"), ("a", "Go"), (None, None), ("z", "Python"), ("z", "Go"))
    ]


def test_good_lines_end_with_0_and_broken_letters_come_back_as_json() -> None:
    given = lines(b'{"id": "\\ud800", "title": "Engineer \\ud800 \xc2\xa380k"}\n')
    assert json.loads(run("normalise", stdin=given).stdout)["id"] == "\ud800"


def test_two_adverts_of_one_vacancy_are_recognised() -> None:
    text = "We mend clocks with Python and PostgreSQL for libraries all over the north of England, and like it."
    advert = POSTING | {"company": "Larkspur Ltd", "location": "Leeds", "description": text}
    given = lines(advert, advert | {"source": "feed:y", "id": "b"}, advert | {"id": "c", "title": "Office Manager"})
    jobs_ = [json.loads(line)["job"] for line in run("dedupe", stdin=given).stdout.splitlines()]
    assert jobs_[0] == jobs_[1] != jobs_[2]


def test_a_posting_that_comes_again_with_other_words_stays_with_its_vacancy() -> None:
    one = POSTING | {"company": "Larkspur", "location": "Leeds"}
    other = one | {"source": "feed:y", "id": "b"}
    again = other | {"title": "Office Manager", "company": "Foxglove"}
    answers = [json.loads(line) for line in run("dedupe", stdin=lines(one, other, again)).stdout.splitlines()]
    assert len({answer["job"] for answer in answers}) == 1
    assert answers[2]["because"] == ["same posting"]


def test_a_filter_answers_while_more_is_to_come() -> None:
    with subprocess.Popen([COMMAND, "normalise"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(lines(POSTING))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == "a"
        process.stdin.close()
        assert process.wait(20) == 0


# --- colour ---------------------------------------------------------------------------------------------------


def on_a_terminal(*args: str, at: Path, **env: str) -> str:
    import pty

    ours, theirs = pty.openpty()
    subprocess.run([COMMAND, *args], stdout=theirs, cwd=at, env=os.environ | env, check=True, timeout=120)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    return said.decode()


def test_colour_is_for_terminals_and_not_for_people_who_want_none(home: Path) -> None:
    colour_was_wanted = {"NO_COLOR": "", "TERM": "xterm"}
    assert "\x1b[1m" in on_a_terminal("list", at=home, **colour_was_wanted)
    assert "\x1b" not in on_a_terminal("list", at=home, NO_COLOR="1")


def test_output_that_cannot_be_written_is_a_sentence(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([COMMAND, "list"], cwd=home, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "rolecall: what was to be said cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("command", ["list >&-", "why --text <&-", "normalise <&-", "list 2>&-"])
def test_a_stream_that_is_closed_is_no_reason_for_a_traceback(home: Path, command: str) -> None:
    done = subprocess.run(["sh", "-c", f"{COMMAND} {command}"], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr


def test_a_terminal_that_knows_few_letters_shows_the_others_as_question_marks(home: Path) -> None:
    env = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([COMMAND, "stats"], cwd=home, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"?" in done.stdout


def test_the_version_is_said(home: Path) -> None:
    from rolecall import __version__

    assert command("--version", at=home).stdout == f"rolecall {__version__}\n"


@pytest.mark.parametrize("group", [(), ("service",)])
def test_no_command_is_listed_with_half_a_sentence(group: tuple[str, ...]) -> None:
    listed = command(*group, "--help").stdout.partition("Commands:")[2]
    assert "install" in listed or "normalise" in listed
    assert "..." not in listed


@pytest.mark.parametrize(("advert", "why"), [(b" \n", "it is empty"), (b"\x89PNG\xff\xd8\x12", "it is not text")])
def test_what_is_no_advert_is_not_read_as_one(tmp_path: Path, advert: bytes, why: str) -> None:
    done = command("why", "--text", at=tmp_path, stdin=advert)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"rolecall: there is no advert in it: {why}\n")


def test_check_says_that_there_is_no_folder_for_the_database(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[daemon]\ndatabase = "absent/r.db"\n[channel.console]\n')
    said = check("--offline", at=tmp_path).stdout.splitlines()
    assert said[-1].split() == ["database", "r.db", "failed", "the", "folder", "absent", "does", "not", "exist"]


def test_a_pasted_advert_is_read_by_the_words_of_the_configuration_too(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[[vocabulary.tech]]\nid = "larkframe"\nname = "Larkframe"\n[[search]]\nname = "L"\nstack.any = ["larkframe"]\n'
    )
    advert = tmp_path / "advert.txt"
    advert.write_text("Backend Developer\nWe use Larkframe. Remote in the UK, £70k.")
    done = subprocess.run([COMMAND, "why", "--text", advert], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Larkframe (neutral)" in done.stdout
    assert "L -> alert" in done.stdout


def test_status_says_that_no_daemon_runs(home: Path) -> None:
    assert command("status", at=home).stdout.startswith("No daemon is running: nothing is asked or told.\n")


def test_a_configuration_that_lacks_a_part_is_named_though_it_has_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[channel.console]\n")
    said = check("--offline", "--config", str(path), at=tmp_path)
    assert said.returncode == 0
    assert "there is no [[source]]" in said.stderr
    assert "there is no [[search]]" in said.stderr
    assert "[channel.NAME]" not in said.stderr
