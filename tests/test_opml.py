"""OPML in and out, and the configuration file that sources are added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from rolecall import opml
from rolecall.config import load
from rolecall.config.add import add_sources, toml_block
from rolecall.errors import ConfigError, Unreadable
from rolecall.opml import Outline
from rolecall.plugins import kinds
from tests.command import Done, command

CONFIG = """# My own words, which stay.
[channel.console]

[[source]]
kind = "greenhouse"  # a comment
board = "larkfield"

[[source]]
kind = "feed"
enabled = false
url = "https://feeds.larkfield.example/asleep.xml"
"""

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="Jobs">
    <outline type="rss" text="Backend &amp; more" xmlUrl="https://feeds.larkfield.example/backend.xml"/>
    <outline type="rss" title="Twice" text="x" xmlUrl="https://feeds.larkfield.example/a.xml?k=1&amp;l=2"/>
    <outline type="rss" title="Twice" xmlurl="https://feeds.larkfield.example/b.xml"/>
    <outline type="rss" text="Again" xmlUrl="https://feeds.larkfield.example/backend.xml"/>
    <outline type="rss" text="No feed" xmlUrl="javascript:alert(1)"/>
    <outline type="rss" text="Asleep" xmlUrl="https://feeds.larkfield.example/asleep.xml"/>
  </outline>
</body></opml>"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def run(*args: str | Path) -> Done:
    return command(*map(str, args))


# --- OPML ---------------------------------------------------------------------------------------------------------


def test_folders_are_flattened_and_each_address_is_read_once() -> None:
    assert [(each.title, each.url.rpartition("/")[2]) for each in opml.read(LIST.encode()).feeds] == [
        ("Backend & more", "backend.xml"),
        ("Twice", "a.xml?k=1&l=2"),
        ("Twice", "b.xml"),
        ("Asleep", "asleep.xml"),
    ]


def test_an_entry_without_a_web_address_is_named_and_a_folder_is_none() -> None:
    entries = '<outline text="F"><outline type="rss" text="Bare"/><outline xmlUrl="gopher://a.example/"/></outline>'
    assert opml.read(LIST.encode()).left_out == ("No feed",)
    assert opml.read(f"<opml><body>{entries}</body></opml>".encode()).left_out == ("Bare", "gopher://a.example/")


def test_what_is_written_is_read_again() -> None:
    feeds = (Outline('A "quoted" <feed> & more', "https://a.example/?x=1&y=2"), Outline("£", "https://b.example/"))
    assert opml.read(opml.write(feeds).encode()) == (feeds, ())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml>&b;</opml>', "document type"),
        ('<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/passwd">]><opml>&f;</opml>', "document type"),
        ("<opml>" + "<outline>" * 100_000, "nested deeper"),
        ("<opml><outline", "not whole XML"),
        ('<?xml version="1.0" encoding="nonsense"?><opml/>', "not whole XML"),
        ("", "not whole XML"),
        ("<html><body/></html>", "not OPML"),
        ("<opml>" + "".join(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(2_100)), "more than"),
        ("<opml>" + " " * 5_000_001, "larger than"),
    ],
)
def test_hostile_and_other_files_are_refused_in_a_sentence(body: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        opml.read(body.encode())


# --- the configuration file ---------------------------------------------------------------------------------------


def test_a_source_is_appended_and_everything_else_stays_as_it_is(config: Path) -> None:
    config.chmod(0o640)
    add_sources(config, [{"kind": "lever", "board": "quillfish"}], kinds())
    text = config.read_text(encoding="utf-8")
    assert text.startswith(CONFIG)
    assert [entry.source.name for entry in load(config, kinds()).sources] == ["greenhouse:larkfield", "lever:quillfish"]
    assert config.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in config.parent.iterdir()] == [config.name]


def test_line_ends_stay_and_a_missing_one_is_added(config: Path) -> None:
    config.write_bytes(CONFIG.rstrip().replace("\n", "\r\n").encode())
    add_sources(config, [{"kind": "remoteok"}], kinds())
    assert b"\n" not in config.read_bytes().replace(b"\r\n", b"")
    assert load(config, kinds()).sources[-1].source.name == "remoteok"


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "greenhouse", "board": "larkfield"},
        {"kind": "feed", "url": "https://feeds.larkfield.example/asleep.xml", "label": "another name"},
        {"kind": "feed", "url": "no address"},
        {"kind": "myspace"},
    ],
)
def test_duplicates_and_bad_tables_are_refused_and_the_file_is_not_touched(config: Path, table: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        add_sources(config, [{"kind": "remoteok"}, table], kinds())
    assert config.read_text(encoding="utf-8") == CONFIG


def test_a_file_that_is_bad_already_or_cannot_take_another_table_is_left_alone(config: Path) -> None:
    for text in (CONFIG + "nonsense", 'source = [{kind = "remoteok"}]\n'):
        config.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError):
            add_sources(config, [{"kind": "arbeitnow"}], kinds())
        assert config.read_text(encoding="utf-8") == text
    assert [each.name for each in config.parent.iterdir()] == [config.name]


def test_a_link_to_the_file_stays_a_link(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(config)
    add_sources(link, [{"kind": "remoteok"}], kinds())
    assert link.is_symlink()
    assert "remoteok" in config.read_text(encoding="utf-8")


def test_no_text_breaks_out_of_its_quotes() -> None:
    block = toml_block({"kind": "feed", "label": 'a"\n[daemon]\x7f\\'})
    assert block.count("\n") == 3
    assert block.endswith('label = "a\\"\\n[daemon]\\u007f\\\\"\n')


# --- the commands -------------------------------------------------------------------------------------------------


def test_import_adds_what_is_new_and_export_gives_it_back(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text(LIST, encoding="utf-8")
    first = run("import", file, "--config", config)
    assert (first.returncode, first.stdout) == (0, "")
    assert "feed:Asleep is there already" in first.stderr
    assert "“No feed” is left out" in first.stderr
    assert "3 added" in first.stderr
    names = [entry.source.name for entry in load(config, kinds()).sources]
    assert names == ["greenhouse:larkfield", "feed:Backend & more", "feed:Twice", "feed:Twice 2"]
    again = run("import", file, "--config", config)
    assert (again.returncode, "Nothing to add" in again.stderr) == (0, True)
    exported = run("export", "--config", config)
    assert [each.title for each in opml.read(exported.stdout.encode()).feeds] == ["Backend & more", "Twice", "Twice 2"]


def test_import_says_what_is_wrong(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text("<html/>", encoding="utf-8")
    bad = run("import", file, "--config", config)
    assert (bad.returncode, "not OPML" in bad.stderr, "Traceback" in bad.stderr) == (1, True, False)
    assert run("import", tmp_path / "none.opml", "--config", config).returncode == 2
    assert config.read_text(encoding="utf-8") == CONFIG


def test_discover_without_an_answer_ends_with_1(config: Path) -> None:
    config.write_text(CONFIG + "\n[daemon]\nhost_pause = '0s'\n", encoding="utf-8")
    nothing = run("discover", "http://127.0.0.1:9/jobs", "--config", config)
    assert (nothing.returncode, "Traceback" in nothing.stderr) == (1, False)
    assert "allow_private" in nothing.stdout
