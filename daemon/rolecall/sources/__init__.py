"""Where postings come from: one module a kind, no I/O in any of them.

A new source: copy `greenhouse.py` (a frozen dataclass whose fields are its options), add one line to `KINDS`, record
one reply for its test.
"""

from __future__ import annotations

from collections.abc import Mapping

from rolecall.ports import Source
from rolecall.sources.adzuna import Adzuna
from rolecall.sources.arbeitnow import Arbeitnow
from rolecall.sources.ashby import Ashby
from rolecall.sources.bamboohr import BambooHR
from rolecall.sources.breezy import Breezy
from rolecall.sources.devitjobs import DevITjobs
from rolecall.sources.feed import Feed
from rolecall.sources.folder import Folder
from rolecall.sources.greenhouse import Greenhouse
from rolecall.sources.hackernews import HackerNews
from rolecall.sources.himalayas import Himalayas
from rolecall.sources.jobicy import Jobicy
from rolecall.sources.lever import Lever
from rolecall.sources.mail import Mail
from rolecall.sources.nhs import NHS
from rolecall.sources.page import CareersPage
from rolecall.sources.personio import Personio
from rolecall.sources.pinpoint import Pinpoint
from rolecall.sources.recruitee import Recruitee
from rolecall.sources.reed import Reed
from rolecall.sources.remoteok import RemoteOK
from rolecall.sources.remotive import Remotive
from rolecall.sources.rippling import Rippling
from rolecall.sources.sitemap import Sitemap
from rolecall.sources.smartrecruiters import SmartRecruiters
from rolecall.sources.teamtailor import Teamtailor
from rolecall.sources.workable import Workable
from rolecall.sources.workday import Workday
from rolecall.sources.workingnomads import WorkingNomads

KINDS: Mapping[str, type[Source]] = {
    "feed": Feed,
    "greenhouse": Greenhouse,
    "lever": Lever,
    "ashby": Ashby,
    "workable": Workable,
    "recruitee": Recruitee,
    "personio": Personio,
    "pinpoint": Pinpoint,
    "smartrecruiters": SmartRecruiters,
    "bamboohr": BambooHR,
    "breezy": Breezy,
    "rippling": Rippling,
    "workday": Workday,
    "teamtailor": Teamtailor,
    "adzuna": Adzuna,
    "reed": Reed,
    "nhs": NHS,
    "devitjobs": DevITjobs,
    "remoteok": RemoteOK,
    "remotive": Remotive,
    "jobicy": Jobicy,
    "himalayas": Himalayas,
    "workingnomads": WorkingNomads,
    "arbeitnow": Arbeitnow,
    "hackernews": HackerNews,
    "page": CareersPage,
    "sitemap": Sitemap,
    "mail": Mail,
    "folder": Folder,
}
