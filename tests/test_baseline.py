"""A new or changed search meets what is stored already: one summary, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rolecall.baseline import make_baselines
from rolecall.house import House
from rolecall.match import Index
from rolecall.outbox import Sent
from tests.fakes.board import Board
from tests.house import CHANNELS, SEARCH, Clock, config_of, greenhouse, house_of, job, jobs, poll_all

PATH = "/v1/boards/larkspur/jobs"
POSTGRES = SEARCH.replace('"Python"', '"Postgres"').replace('"python"', '"postgresql"')


def adopt(house: House, text: str) -> None:
    house.config = config_of(text)
    house.index = Index(house.config.searches)


async def told(house: House) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    while claim := await house.store.claim("phone", house.now(), 300):
        found.append((claim.kind, len(claim.jobs)))
        await house.store.settle(claim.id, Sent(), house.now())
    return found


async def polled(house: House, board: Board, rows: Sequence[dict[str, object]]) -> None:
    board.serve(PATH, jobs(*rows))
    await poll_all(house)


async def test_a_new_search_gets_one_summary_of_what_is_open_now() -> None:
    clock = Clock()
    async with Board() as board, house_of(config_of(CHANNELS + SEARCH), clock=clock) as house:
        source = greenhouse("larkspur", board.url)
        adopt(house, CHANNELS + SEARCH + source)
        await make_baselines(house)
        await polled(house, board, [job(n) for n in range(12)])
        assert await told(house) == [("summary", 12)]
        adopt(house, CHANNELS + SEARCH + POSTGRES + source)
        await make_baselines(house)
        assert await told(house) == [("summary", 12)], "of the new search alone"
        await make_baselines(house)
        assert await told(house) == [], "once"


async def test_a_changed_search_tells_of_what_it_did_not_match_before() -> None:
    clock = Clock()
    dear = SEARCH + 'min_salary = 90000\nunknown = { salary = "exclude" }\n'
    rows = [job(1), job(2, content="Python. Remote within the UK. £95,000 a year.")]
    async with Board() as board, house_of(config_of(CHANNELS + dear), clock=clock) as house:
        source = greenhouse("larkspur", board.url)
        adopt(house, CHANNELS + dear + source)
        await make_baselines(house)
        await polled(house, board, rows)
        assert await told(house) == [("summary", 1)]
        adopt(house, CHANNELS + SEARCH + source)
        await make_baselines(house)
        assert await told(house) == [("summary", 1)], "the dear one was told of before"


async def test_closed_jobs_and_those_older_than_a_month_are_no_news() -> None:
    clock = Clock()
    async with Board() as board, house_of(config_of(CHANNELS + SEARCH), clock=clock) as house:
        source = greenhouse("larkspur", board.url)
        adopt(house, CHANNELS + SEARCH + source)
        await polled(house, board, [job(1), job(2)])
        clock.forward(days=20)
        await polled(house, board, [job(1), job(3)])
        clock.forward(days=20)
        await told(house)
        house.config = replace(house.config, searches=config_of(CHANNELS + POSTGRES).searches)
        await make_baselines(house)
        assert await told(house) == [("summary", 1)], "only the third: one is old, one is closed"
