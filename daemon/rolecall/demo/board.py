"""A small job board on loopback that answers like four real ones: RSS, Greenhouse, Lever and Ashby."""

from __future__ import annotations

import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from typing import Any

from aiohttp import web

Job = dict[str, Any]

BROKEN = "<!doctype html><title>503</title><h1>This page is having a rest</h1>"


def _jobs() -> list[Job]:
    jobs: list[Job] = tomllib.loads(files(__package__).joinpath("jobs.toml").read_text(encoding="utf-8"))["job"]
    return [job | {"id": 4_000_000 + number} for number, job in enumerate(jobs)]


class Board:
    """Publishes each posting when its time has come; newest first."""

    def __init__(self) -> None:
        self.jobs = _jobs()
        self.started = time.monotonic()
        self.port = 0

    def published(self, on: str) -> Iterator[Job]:
        age = time.monotonic() - self.started
        for job in reversed(self.jobs):
            if job["on"] == on and job.get("after", 0) <= age:
                yield job

    def url(self, job: Job) -> str:
        return f"http://127.0.0.1:{self.port}/jobs/{job['on']}/{job['id']}"

    def posted(self, job: Job) -> datetime:
        """Those there from the start are a few days old, the others are from this minute."""
        now = datetime.now(UTC)
        return now if job.get("after") else now - timedelta(hours=7 * (job["id"] % 13) + 2)

    # --- the four answers

    async def rss(self, _: web.Request) -> web.Response:
        items = "".join(
            f"<item><title>{escape(job['title'])}</title><link>{self.url(job)}</link><guid>{self.url(job)}</guid>"
            f"<region>{escape(job['location'])}</region><pubDate>{format_datetime(self.posted(job))}</pubDate>"
            f"<description>{escape(job['body'])}</description></item>"
            for job in self.published("rss")
        )
        feed = f'<rss version="2.0"><channel><title>Pennine Tech Jobs</title>{items}</channel></rss>'
        return web.Response(text=feed, content_type="application/rss+xml")

    async def greenhouse(self, _: web.Request) -> web.Response:
        jobs = [
            {
                "id": job["id"],
                "internal_job_id": job["id"] + 1,
                "title": job["title"],
                "company_name": job["company"],
                "absolute_url": self.url(job),
                "location": {"name": job["location"]},
                "first_published": self.posted(job).isoformat(),
                "updated_at": self.posted(job).isoformat(),
                "content": escape(job["body"]),
                "departments": [{"name": "Engineering"}],
                "offices": [],
            }
            for job in self.published("greenhouse")
        ]
        return web.json_response({"jobs": jobs, "meta": {"total": len(jobs)}})

    async def lever(self, request: web.Request) -> web.Response:
        return web.json_response([self._lever(j) for j in self.published("lever") if _slug(j) == _board(request)])

    def _lever(self, job: Job) -> Job:
        pay = job.get("pay")
        salary = {"currency": "GBP", "interval": "per-year-salary", "min": pay[0], "max": pay[1]} if pay else None
        return {
            "id": f"demo-{job['id']}",
            "text": job["title"],
            "hostedUrl": self.url(job),
            "applyUrl": f"{self.url(job)}/apply",
            "categories": {"location": job["location"], "team": "Engineering", "commitment": "Permanent"},
            "country": "GB",
            "workplaceType": job["workplace"],
            "createdAt": int(self.posted(job).timestamp() * 1000),
            "description": job["body"],
            "descriptionBody": job["body"],
            "lists": [],
            "additional": "",
            **({"salaryRange": salary} if salary else {}),
        }

    async def ashby(self, request: web.Request) -> web.Response:
        jobs = [self._ashby(job) for job in self.published("ashby") if _slug(job) == _board(request)]
        return web.json_response({"apiVersion": "1", "jobs": jobs})

    def _ashby(self, job: Job) -> Job:
        return {
            "id": f"demo-{job['id']}",
            "title": job["title"],
            "location": job["location"],
            "secondaryLocations": [],
            "isListed": True,
            "isRemote": job["workplace"] == "Remote",
            "workplaceType": job["workplace"],
            "employmentType": "FullTime",
            "publishedAt": self.posted(job).isoformat(),
            "jobUrl": self.url(job),
            "applyUrl": f"{self.url(job)}/application",
            "descriptionHtml": job["body"],
            "compensation": {"compensationTiers": [], "summaryComponents": _ashby_pay(job)},
        }

    async def page(self, request: web.Request) -> web.Response:
        job = next((job for job in self.jobs if str(job["id"]) == request.match_info["id"]), None)
        if job is None:
            raise web.HTTPNotFound
        title = escape(job["title"])
        text = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{job['body']}"
        return web.Response(text=text, content_type="text/html")

    async def broken(self, _: web.Request) -> web.Response:
        return web.Response(text=BROKEN, content_type="text/html")


def _ashby_pay(job: Job) -> list[Job]:
    if "pay" not in job:
        return []
    low, high = job["pay"]
    salary = {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": "GBP"}
    return [salary | {"minValue": low, "maxValue": high}]


def _board(request: web.Request) -> str:
    return request.match_info["board"]


def _slug(job: Job) -> str:
    return "".join(c for c in job["company"].lower() if c.isalnum())


@asynccontextmanager
async def serve() -> AsyncIterator[Board]:
    """Serve the board on a free port of 127.0.0.1 while the context lasts."""
    board = Board()
    app = web.Application()
    app.router.add_get("/feed.rss", board.rss)
    app.router.add_get("/broken.rss", board.broken)
    app.router.add_get("/v1/boards/{board}/jobs", board.greenhouse)
    app.router.add_get("/v0/postings/{board}", board.lever)
    app.router.add_get("/posting-api/job-board/{board}", board.ashby)
    app.router.add_get("/jobs/{on}/{id}", board.page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        board.port = runner.addresses[0][1]
        yield board
    finally:
        await runner.cleanup()
