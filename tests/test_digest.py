"""A digest is complete, true when it is sent, and good to look at in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from rolecall import charts, decide, dedupe, route
from rolecall import digest as digests
from rolecall.config import Config
from rolecall.digest import overview
from rolecall.model import Action, Assignment, Posting, RawPosting
from rolecall.normalise import normalise
from rolecall.normalise.facts import as_json
from rolecall.outbox import Claim
from rolecall.overview import ClosingSoon, NearMiss, Overview, PayBar, Picture, WeekCount
from rolecall.plan import NewAlert, NewPosting, Plan
from rolecall.ports import Showing, Store
from rolecall.render.email import render_email, render_html
from rolecall.render.overview import bar_lines
from rolecall.render.text import render_text
from rolecall.schedule import EVERY_DAY, next_slot, parse_days
from rolecall.store.memory import MemoryStore
from rolecall_notifiers import KINDS
from rolecall_notifiers.mail import compose
from tests.cards import HOSTILE, card, message
from tests.house import config_of
from tests.shared import needs

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
CONFIG = '[channel.post]\nkind = "html"\nfolder = "x"\nat = ["07:30"]\n' + (
    '[[search]]\nname = "Python"\nstack.all = ["python"]\nmin_salary = 65000\nlevels = ["senior"]\n'
)
SHOWN = Overview(
    bars=(PayBar("Senior Python Engineer · Tarnside", 70_000, 85_000), PayBar("Developer · Larkspur", 60_000, 60_000)),
    floor=65_000,
    weeks=(WeekCount("9 Nov", 4), WeekCount("16 Nov", 12, (58_000, 66_000, 72_000))),
    missed=(NearMiss("min_salary", 3, ("Python Developer at Harbour Lane, £50k (£50k is below your £65k)",)),),
    closing=(ClosingSoon("Lead Engineer", "Fellside", "https://x.example/lead", "closes tomorrow"),),
)


# --- gathering ------------------------------------------------------------------------------------------------


async def test_a_job_stands_beside_its_bar_with_its_company_and_the_pay_of_its_own_lines(config: Config) -> None:
    store = MemoryStore()
    long = advert(1, "£82,500 - £95,000", title="Senior Python Developer for Harbours, Ferries and Tide Tables")
    await stored(store, long, NOW - timedelta(hours=2))
    found = await shown(store, config, 1, shows="overview")
    assert found is not None
    (text,) = bar_lines(found)
    assert text.startswith("Senior Python Developer for Ha… · Larkspur 1 ")
    assert text.endswith(" £82.5k–£95k")


def advert(number: int, pay: str, **raw: Any) -> RawPosting:
    words = {"title": "Senior Python Developer", "location": "Leeds", "company": f"Larkspur {number}"} | raw
    return RawPosting(source="feed:a", id=str(number), url=f"https://x.example/{number}", salary_text=pay, **words)


async def stored(store: Store, raw: RawPosting, at: datetime, *, alert: bool = True) -> None:
    """Store an advert as a poll of that moment does, with its alert."""
    posting, job = normalise(raw), dedupe.job_id((raw.source, raw.id))
    new = NewPosting(
        raw, decide.content_hash(raw), dedupe.fingerprint(posting), as_json(posting),
        Assignment((raw.source, raw.id), job), raw.closes_at,
    )  # fmt: skip
    told = NewAlert("Python", job, (raw.source, raw.id), Action.ALERT, (), 1.0, ())
    await store.commit(Plan(now=at, postings=(new,), alerts=(told,) if alert else ()))


async def shown(
    store: Store, config: Config, *numbers: int, shows: Showing = "overview", **changes: Any
) -> Overview | None:
    """Return what a digest of these adverts shows besides them."""
    alerts = [alert for alert in await store.alerts(100) if int(alert.key[1]) in numbers]
    jobs = tuple((alert.id,) for alert in alerts)
    claim = replace(Claim(1, "post", "digest", "m1", "", "", 0, 0, False, NOW, jobs), **changes)
    return await overview(claim, [alert.job.id for alert in alerts], store, config, NOW, shows)


@pytest.fixture
def config() -> Config:
    return config_of(CONFIG)


async def test_a_digest_knows_pay_weeks_near_misses_and_what_closes(config: Config) -> None:
    store = MemoryStore()
    await stored(store, advert(1, "£70,000 - £85,000"), NOW - timedelta(hours=2))
    await stored(store, advert(2, "£66,000"), NOW - timedelta(hours=1))
    await stored(store, advert(3, "£90,000", closes_at=NOW + timedelta(days=1)), NOW - timedelta(days=15))
    await stored(store, advert(4, "£90,000", closes_at=NOW + timedelta(days=9)), NOW - timedelta(days=15))
    await stored(store, advert(5, "£50,000"), NOW - timedelta(days=2), alert=False)
    await stored(store, advert(6, "£50,000"), NOW - timedelta(days=20), alert=False)
    await stored(store, advert(7, "£90,000", title="Senior Ruby Developer"), NOW - timedelta(days=2), alert=False)
    found = await shown(store, config, 1, 2, shows="pictures")
    assert found is not None
    assert [(bar.low, bar.high) for bar in found.bars] == [(70_000, 85_000), (66_000, 66_000)]
    assert found.floor == 65_000
    assert [week.jobs for week in found.weeks] == [2, 0, 2]
    assert [(missed.criterion, missed.jobs) for missed in found.missed] == [("min_salary", 1)]
    assert found.missed[0].examples == ("Senior Python Developer at Larkspur 5, £50k (£50k is below your £65k)",)
    assert [(each.company, each.closes) for each in found.closing] == [("Larkspur 3", "closes tomorrow")]


async def test_an_alert_has_no_overview_and_an_empty_store_gives_an_empty_one(config: Config) -> None:
    store = MemoryStore()
    assert await shown(store, config, kind="alert") is None
    assert await shown(store, config) == Overview(floor=65_000)


async def test_a_salary_is_no_near_miss_of_a_search_for_contracts() -> None:
    text = CONFIG.replace("min_salary = 65000\nlevels", 'contract = ["contract"]\nmin_day_rate = 500\nlevels')
    store = MemoryStore()
    await stored(store, advert(1, "£80,000 a year"), NOW - timedelta(days=1), alert=False)
    await stored(store, advert(2, "£450 per day"), NOW - timedelta(days=1), alert=False)
    found = await shown(store, config_of(text))
    assert found is not None
    assert [(missed.criterion, missed.jobs) for missed in found.missed] == [("min_day_rate", 1)]
    assert "£450/day" in found.missed[0].examples[0]


async def test_near_misses_are_of_the_whole_week_and_each_job_counts_once(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "PAGE", 2)
    store = MemoryStore()
    for number in range(1, 8):
        await stored(store, advert(number, "£50,000"), NOW - timedelta(hours=20 * number), alert=False)
    found = await shown(store, config)
    assert found is not None
    assert [(missed.criterion, missed.jobs, len(missed.examples)) for missed in found.missed] == [("min_salary", 7, 3)]


async def test_a_digest_does_not_wait_for_ever_for_near_misses(
    config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(digests, "PATIENCE", -1.0)
    store = MemoryStore()
    await stored(store, advert(1, "£50,000"), NOW - timedelta(days=1), alert=False)
    found = await shown(store, config)
    assert found is not None
    assert found.missed == ()
    assert "near-misses-cut" in caplog.text


async def test_nothing_is_gathered_or_drawn_for_a_channel_that_does_not_show_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()
    for number in (1, 2):
        await stored(store, advert(number, "£80,000"), NOW - timedelta(days=8 * number))
    asked: list[object] = []
    monkeypatch.setattr(digests.charts, "draw", asked.append)
    found = await shown(store, config, 1, 2)
    assert found is not None
    assert (len(found.bars), len(found.weeks), found.pictures) == (2, 2, ())
    monkeypatch.setattr(digests, "_gathered", asked.append)
    assert await shown(store, config, 1, 2, shows="jobs") is None
    assert asked == []


def test_the_channels_say_what_of_an_overview_they_show() -> None:
    shows = {kind: each.shows for kind, each in KINDS.items()}
    assert shows == {
        "console": "overview", "apprise": "overview", "email": "pictures", "html": "pictures",
        "telegram": "jobs", "webhook": "jobs", "feedfile": "jobs",
    }  # fmt: skip


async def test_what_gathers_an_hour_shows_its_jobs_and_no_more(config: Config) -> None:
    store = MemoryStore()
    search = config.searches[0]
    for delivery in route.deliveries(replace(search, when="hourly"), "job", Action.ALERT, config, NOW):
        assert await shown(store, config, bundle=delivery.bundle) is None
    for delivery in route.deliveries(replace(search, when="digest"), "job", Action.ALERT, config, NOW):
        assert await shown(store, config, bundle=delivery.bundle) is not None


async def test_an_advert_is_understood_once_however_many_searches_there_are(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, read = MemoryStore(), list[str]()

    def counted(raw: RawPosting) -> Posting:
        read.append(raw.id)
        return normalise(raw)

    await stored(store, advert(1, "£50,000"), NOW - timedelta(days=2), alert=False)
    monkeypatch.setattr("rolecall.vacancy.normalise", counted)
    many = [replace(config.searches[0], name=f"search {number}") for number in range(20)]
    await shown(store, replace(config, searches=tuple(many)))
    assert read == ["1"]


async def test_what_only_adorns_a_digest_never_holds_it_back(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Overview:
        raise ZeroDivisionError

    monkeypatch.setattr(digests, "_gathered", broken)
    store = MemoryStore()
    assert await shown(store, config) is None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawn() -> tuple[Picture, ...]:
    """The pictures of `SHOWN`, drawn once: matplotlib takes seconds to load."""
    return await digests.pictures(SHOWN)


def test_pictures_are_drawn_where_they_can_be_and_words_say_the_same(drawn: tuple[Picture, ...]) -> None:
    assert [picture.name for picture in drawn] == ["pay", "weeks"]
    assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)
    assert "Senior Python Engineer · Tarnside £70k–£85k" in drawn[0].alt
    assert "16 Nov" in drawn[1].alt


async def test_without_the_extra_there_is_text_and_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)
    assert await digests.pictures(SHOWN) == ()
    page = render_html(message("digest", card(1), overview=SHOWN))
    assert "<img" not in page
    assert "├" in page


# --- showing --------------------------------------------------------------------------------------------------


def test_the_text_says_all_that_the_page_shows() -> None:
    text = render_text(message("digest", card(1), overview=SHOWN))
    page = re.sub(r"<[^>]+>", "", render_html(message("digest", card(1), overview=SHOWN)))
    for words in (
        "3 jobs failed only on pay",
        "closes tomorrow",
        "Lead Engineer at Fellside",
        "median £66k",
        "£70k–£85k",
    ):
        assert words in text
        assert words in page
    assert "Pay of these jobs against your £65k" in text


def test_what_a_board_writes_stays_text_in_the_overview_too() -> None:
    evil = "<script>alert(1)</script>" + HOSTILE
    shown = Overview(
        bars=(PayBar(evil, 1, 2), PayBar(evil, 3, 4)),
        missed=(NearMiss("levels", 1, (evil,)),),
        closing=(ClosingSoon(evil, evil, "javascript:alert(1)", "closes today"),),
        pictures=(Picture("pay", f'" onerror="{evil}', b"\x89PNG"),),
    )
    sent = message("digest", card(1), overview=shown)
    for page in (render_html(sent), render_email(sent).html):
        assert "<script" not in page
        assert '" onerror="' not in page
    for text in (render_html(sent), render_text(sent), render_email(sent).html):
        assert "javascript:" not in text
        assert not any(char in text for char in "\x1b\x00\u202e\u200b")


def test_a_mail_carries_its_pictures_and_names_them() -> None:
    shown = replace(
        SHOWN, pictures=(Picture("pay", "Pay: 70k", b"\x89PNG pay"), Picture("weeks", "Weeks", b"\x89PNG w"))
    )
    mail = compose(message("digest", card(1), overview=shown), "r@example.net", ("m@example.org",))
    html = mail.get_body(("related", "html"))
    assert html is not None
    page, *pictures = html.iter_parts()
    assert [part.get_content() for part in pictures] == [b"\x89PNG pay", b"\x89PNG w"]
    for part in pictures:
        assert f'src="cid:{part["Content-ID"].strip("<>")}"' in page.get_content()
        assert part.get_content_disposition() == "inline"
    assert 'alt="Pay: 70k"' in page.get_content()
    assert mail.get_body(("plain",)) is not None


def test_beyond_what_mail_readers_show_the_whole_page_is_attached() -> None:
    many = [card(number) for number in range(300)]
    mail = compose(message("digest", *many, overview=SHOWN), "r@example.net", ("m@example.org",))
    (whole,) = mail.iter_attachments()
    assert all(f'"https://jobs.example/{number}"' in whole.get_content() for number in range(300))
    html = mail.get_body(("html",))
    assert html is not None
    assert len(html.get_content().encode()) <= 90_000
    assert "Every job is in the attached page" in html.get_content()
    small = compose(message("digest", card(1)), "r@example.net", ("m@example.org",))
    assert list(small.iter_attachments()) == []


# --- days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (["daily"], EVERY_DAY), (["weekdays"], {0, 1, 2, 3, 4}), (["weekly"], {0}), (["weekends"], {5, 6}),
        (["mon", "Thursday"], {0, 3}), (["tues"], {1}), ([], EVERY_DAY),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(words: list[str], days: frozenset[int]) -> None:
    assert parse_days(words) == days


@pytest.mark.parametrize("word", ["t", "someday", "month", ""])
def test_what_is_no_day_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        parse_days([word])


def test_a_weekly_digest_waits_for_its_day_by_the_readers_calendar() -> None:
    (channel,) = config_of(CONFIG.replace('at = ["07:30"]', 'at = ["00:15"]\non = ["mon"]\nper_search = true')).channels
    assert channel.per_search
    slot = next_slot(NOW, LONDON, channel.at, None, channel.on)
    assert slot.astimezone(LONDON) == datetime(2026, 11, 23, 0, 15, tzinfo=LONDON)
    summer = next_slot(datetime(2026, 6, 20, tzinfo=UTC), LONDON, channel.at, None, channel.on)
    assert summer == datetime(2026, 6, 21, 23, 15, tzinfo=UTC)  # Monday in London, Sunday in UTC


# --- in a browser ---------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDTHS = (360, 800)  # pixels: a telephone, a window
FRAME = '<iframe src="{page}" style="border:0;width:{width}px;height:3000px"></iframe>'
OUTER = """<!doctype html><title></title><body style="margin:0">{frames}
<script>
function measure(page) {{
  const look = getComputedStyle, images = [...page.images].every(image => image.naturalWidth > 0);
  return {{wide: page.documentElement.scrollWidth, images,
    ground: look(page.body).backgroundColor, ink: look(page.querySelector("h1")).color}};
}}
onload = () => {{
  const frames = [...document.querySelectorAll("iframe")];
  document.title = JSON.stringify(frames.map(frame => measure(frame.contentDocument)));
}};
</script>"""


def look(page: Path, *, dark: bool) -> list[dict[str, Any]]:
    """Open the page in Chromium, in a frame of each width; return what it measured there."""
    assert CHROMIUM is not None
    outer = page.with_name("outer.html")
    outer.write_text(OUTER.format(frames="".join(FRAME.format(page=page.name, width=width) for width in WIDTHS)))
    run = [
        CHROMIUM, *FLAGS, f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--allow-file-access-from-files",
        f"--user-data-dir={page.parent / 'profile'}", "--window-size=900,3000", "--dump-dom", outer.as_uri(),
    ]  # fmt: skip
    dumped = subprocess.run(run, capture_output=True, timeout=120, check=True)
    title = re.search(r"<title>(\[.*?\])</title>", dumped.stdout.decode())
    assert title is not None
    seen: list[dict[str, Any]] = json.loads(title[1])
    return seen


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_and_follows_light_and_dark(tmp_path: Path, dark: bool, drawn: tuple[Picture, ...]) -> None:
    needs(CHROMIUM, "chromium")
    place = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    long = card(2, title="Principal " * 12, company="W" * 60, place=place, why=("M" * 90,))
    sent = message("digest", card(1), long, overview=replace(SHOWN, pictures=drawn))
    page = tmp_path / "digest.html"
    page.write_text(render_html(sent), encoding="utf-8")
    for width, seen in zip(WIDTHS, look(page, dark=dark), strict=True):
        assert seen["images"]
        assert seen["wide"] <= width
        ground, ink = (sum(map(int, re.findall(r"\d+", seen[name])[:3])) for name in ("ground", "ink"))
        assert (ground < 150) == dark
        assert abs(ground - ink) > 450  # enough contrast to read
