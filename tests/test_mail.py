"""Job-alert e-mails: each job in a mail is a posting, and nothing that tracks or logs the reader in is kept.

The mails are invented after the layouts that the design names; LinkedIn's was also read from a recorded one.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.errors import Unreadable
from rolecall.model import Page, Reply
from rolecall.secret import Secret
from rolecall.sources.adverts import advert
from rolecall.sources.mail import SENDERS, Mail
from tests.recorded import payload
from tests.waiting import no_hang

SOURCE = Mail("imap.larkfield.example", "mina", Secret("x"))
TRACKING = re.compile(r"otpToken|midToken|eid=|trackingId|trk|utm_|SECRET|engage\.|click\.", re.IGNORECASE)


def read(*mails: bytes) -> Page:
    body = json.dumps({str(uid): raw.decode("latin-1") for uid, raw in enumerate(mails)}).encode()
    return SOURCE.parse(Reply("imaps://x", 200, {}, body, datetime(2026, 11, 22, tzinfo=UTC)))


def mail(sender: str, plain: str = "", rich: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["Date"] = "Fri, 20 Nov 2026 08:00:00 +0000"
    message["Subject"] = "Your jobs"
    message.set_content(plain or "This mail is shown by programs that show HTML.")
    if rich:
        message.add_alternative(rich, subtype="html")
    return message.as_bytes()


def shown(page: Page) -> list[tuple[str, str, str, str, str]]:
    assert not TRACKING.search(str(page))
    return [(each.id, each.title, each.company, each.location, each.salary_text) for each in page.postings]


# --- LinkedIn -----------------------------------------------------------------------------------------------------

LINKEDIN = """Your job alert for python developer in LeedsManage your job alerts:  https://www.linkedin.com/comm/jobs/alerts?trk=SECRET

Senior Python Engineer (Privacy and Search)
Quillfish
Leeds, England, United Kingdom (Hybrid)

216 school alumni
View job: https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=SECRET&midToken=SECRET&eid=SECRET&otpToken=SECRET

---------------------------------------------------------

Backend Developer - Go
Larkfield Data
United Kingdom (Remote)
£70,000 - £80,000 / year
View job: https://www.linkedin.com/comm/jobs/view/4012345679/?trackingId=SECRET

---------------------------------------------------------

See all jobs on LinkedIn:  https://www.linkedin.com/comm/jobs/search?keywords=python

This email was intended for Mina Example (Developer)
Unsubscribe: https://www.linkedin.com/job-alert-email-unsubscribe?savedSearchId=SECRET
"""


def test_linkedin() -> None:
    page = read(mail("LinkedIn Job Alerts <jobalerts-noreply@linkedin.com>", LINKEDIN))
    assert shown(page) == [
        (
            "linkedin:4012345678",
            "Senior Python Engineer (Privacy and Search)",
            "Quillfish",
            "Leeds, England, United Kingdom (Hybrid)",
            "",
        ),
        (
            "linkedin:4012345679",
            "Backend Developer - Go",
            "Larkfield Data",
            "United Kingdom (Remote)",
            "£70,000 - £80,000 / year",
        ),
    ]
    first = page.postings[0]
    assert first.url == "https://www.linkedin.com/jobs/view/4012345678/"
    assert first.posted_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (first.attribution, first.truncated, first.description) == ("LinkedIn", True, "")


def test_linkedin_in_html() -> None:
    card = """<table><tr><td><a href="https://www.linkedin.com/comm/jobs/view/{id}?otpToken=SECRET"><img src="x"></a>
    </td>
    <td><a href="https://www.linkedin.com/comm/jobs/view/{id}?eid=SECRET&amp;trk=SECRET">{title}</a>
    <p>{company} &middot; {place}</p><p>Actively recruiting</p></td></tr></table>"""
    rich = "<html><head><title>x</title><style>a{}</style></head><body><h1>Your job alert</h1>"
    rich += card.format(id=4012345678, title="Senior Python Engineer", company="Quillfish", place="Leeds (Hybrid)")
    rich += card.format(id=4012345679, title="Go Developer", company="Larkfield", place="London, England (Remote)")
    rich += (
        '<p><a href="https://www.linkedin.com/comm/jobs/search">See all jobs</a></p><p>Unsubscribe</p></body></html>'
    )
    assert shown(read(mail("jobalerts-noreply@linkedin.com", rich=rich))) == [
        ("linkedin:4012345678", "Senior Python Engineer", "Quillfish", "Leeds (Hybrid)", ""),
        ("linkedin:4012345679", "Go Developer", "Larkfield", "London, England (Remote)", ""),
    ]


def test_the_recorded_mail_of_linkedin() -> None:
    page = read(payload("email-alerts", "jobmaxxing-linkedin_alert.eml"))
    assert (len(page.postings), page.skipped) == (6, 0)
    for posting in page.postings:
        assert re.fullmatch(r"linkedin:\d{10}", posting.id)
        assert posting.company
        assert posting.location.endswith(", CA")
        assert "REDACTED" not in str(posting)
        assert "?" not in posting.url


# --- Indeed -------------------------------------------------------------------------------------------------------

INDEED = """3 new python jobs in Leeds

Senior Python Engineer
Quillfish Ltd - Leeds LS1
£70,000 - £80,000 a year
You will build the services that weigh fish, in Python and PostgreSQL, with a team of six people who like tests and tea.
Easily apply
1 day ago
https://uk.indeed.com/rc/clk/dl?jk=0123456789abcdef&from=ja&tk=SECRET&rgtk=SECRET

Go Developer
Larkfield Data - Remote
Just posted
https://engage.indeed.com/f/a/SECRETSECRETSECRET~~/AAA/BBB

You received this email because you have an alert. Unsubscribe: https://subscriptions.indeed.com/x/SECRET
"""


def test_indeed_with_ids_and_with_redirects_that_are_not_followed() -> None:
    page = read(mail("Indeed <donotreply@match.indeed.com>", INDEED))
    (first, second) = shown(page)
    assert first == (
        "indeed:0123456789abcdef",
        "Senior Python Engineer",
        "Quillfish Ltd",
        "Leeds LS1",
        "£70,000 - £80,000 a year",
    )
    assert page.postings[0].url == "https://uk.indeed.com/viewjob?jk=0123456789abcdef"
    assert "PostgreSQL" in page.postings[0].description
    assert second[1:] == ("Go Developer", "Larkfield Data", "Remote", "")
    assert second[0].startswith("indeed:shown-")
    assert page.postings[1].url == "https://uk.indeed.com/jobs?q=Go+Developer+Larkfield+Data"


def test_a_job_behind_a_redirect_is_known_again_in_the_next_mail() -> None:
    other = mail(
        "donotreply@match.indeed.com", INDEED.replace("SECRETSECRETSECRET", "OTHER").replace("dl?jk", "dl?a=1&jk")
    )
    assert len(read(mail("donotreply@match.indeed.com", INDEED), other).postings) == 2


def test_indeed_in_html_where_every_link_is_a_redirect() -> None:
    card = """<tr><td><a href="https://cts.indeed.com/v3/SECRET{n}a"><b>{title}</b></a><br>{company}<br>{place}<br>
    <span>£550 a day</span></td></tr><tr><td><a href="https://cts.indeed.com/v3/SECRET{n}b">Apply now</a></td></tr>"""
    rich = "<table>" + card.format(n=1, title="Python Contractor", company="Quillfish Ltd", place="Leeds")
    rich += card.format(n=2, title="Go Developer", company="Larkfield", place="Hybrid work in London EC1") + "</table>"
    page = read(mail("alert@indeed.com", rich=rich))
    assert [each[1:] for each in shown(page)] == [
        ("Python Contractor", "Quillfish Ltd", "Leeds", "£550 a day"),
        ("Go Developer", "Larkfield", "Hybrid work in London EC1", "£550 a day"),
    ]


# --- UK boards ----------------------------------------------------------------------------------------------------

UK = {
    "reed.co.uk": (
        "https://www.reed.co.uk/jobs/senior-python-engineer/54321098?utm_source=alert&token=SECRET",
        "https://www.reed.co.uk/jobs/senior-python-engineer/54321098",
        "reed:54321098",
    ),
    "totaljobs.com": (
        "https://www.totaljobs.com/job/senior-python-engineer/quillfish-job104321098?trk=SECRET",
        "https://www.totaljobs.com/job/senior-python-engineer/quillfish-job104321098",
        "totaljobs:104321098",
    ),
    "cwjobs.co.uk": (
        "https://click.cwjobs.co.uk/r?u=https%3A%2F%2Fwww.cwjobs.co.uk%2Fjob%2Fpython%2Fq-job104321098%3Feid%3DSECRET&m=SECRET",
        "https://www.cwjobs.co.uk/job/python/q-job104321098",
        "cwjobs:104321098",
    ),
    "cv-library.co.uk": (
        "https://www.cv-library.co.uk/job/223456789/Senior-Python-Engineer?hlkw=SECRET",
        "https://www.cv-library.co.uk/job/223456789/Senior-Python-Engineer",
        "cv-library:223456789",
    ),
}


@pytest.mark.parametrize("board", UK)
def test_the_uk_boards_in_html(board: str) -> None:
    link, clean, identity = UK[board]
    rich = f"""<h2>Jobs for you</h2><div><a href="{link}">Senior Python Engineer</a></div>
    <div>Salary: £70,000 - £80,000 per annum</div><div>Location: Leeds, West Yorkshire</div>
    <div>Company: Quillfish Ltd</div><div>Posted 2 days ago</div><div>We weigh fish, with Python, and want you to
    help us to weigh more of them in less time than anybody else in the north of England does it today.</div>
    <div><a href="{link}">View job</a></div><p>Privacy policy</p><p>Larkfield House, Leeds</p>"""
    page = read(mail(f"Jobs <alerts@{board}>", rich=rich))
    assert shown(page) == [
        (
            identity,
            "Senior Python Engineer",
            "Quillfish Ltd",
            "Leeds, West Yorkshire",
            "£70,000 - £80,000 per annum",
        )
    ]
    assert page.postings[0].url == clean
    assert "weigh fish" in page.postings[0].description
    assert "Larkfield House" not in page.postings[0].description


@pytest.mark.parametrize(
    ("sender", "site", "board"),
    [
        ("totaljobs@totaljobsmail.com", "www.totaljobs.com", "totaljobs"),
        ("cwjobs@cwjobsmail.co.uk", "www.cwjobs.co.uk", "cwjobs"),
    ],
)
def test_totaljobs_and_cwjobs_link_by_number_with_a_token_for_the_reader(sender: str, site: str, board: str) -> None:
    card = """<tr><td><a href="https://{site}/JobSearch/EmailLink.aspx?JobID={id}&amp;GUID=SECRET&amp;DCMP=x">{title}</a></td></tr>
    <tr><td>{company}</td></tr><tr><td>{place}</td></tr><tr><td>{pay}</td></tr>"""
    rich = "<p>20 jobs found</p><table>" + "".join(
        card.format(site=site, id=id_, title=title, company=company, place=place, pay=pay)
        for id_, title, company, place, pay in (
            (
                100000001,
                "Python Developer",
                "Quillfish Recruitment",
                "City of London (EC3)",
                "£60000 - £80000 per annum",
            ),
            (100000002, "Go Developer", "Larkfield", "Leeds", "From £45,000 to £50,000 per annum"),
        )
    )
    rich += f'</table><p><a href="https://{site}/JobSearch/EmailLink.aspx?GUID=SECRET&amp;Search=x">See more</a></p>'
    assert any(word in sender for word in SENDERS)
    assert shown(read(mail(f"Jobs <{sender}>", rich=rich))) == [
        (
            f"{board}:100000001",
            "Python Developer",
            "Quillfish Recruitment",
            "City of London (EC3)",
            "£60000 - £80000 per annum",
        ),
        (f"{board}:100000002", "Go Developer", "Larkfield", "Leeds", "From £45,000 to £50,000 per annum"),
    ]


def test_one_recommended_job_stands_above_its_link() -> None:
    link = "https://www.totaljobs.com/JobSearch/EmailLink.aspx?JobID=100000003&GUID=SECRET"
    rich = f"""<h1>Our recommendation</h1><p>&nbsp;</p><p>Full Stack Engineer</p>
    <p>Quillfish Ltd · Leeds · Permanent · £70,000 per annum</p><a href="{link}">Send application</a>"""
    (job,) = shown(read(mail("totaljobs@jobs.totaljobsmail.com", rich=rich)))
    assert job == ("totaljobs:100000003", "Full Stack Engineer", "Quillfish Ltd", "Leeds", "£70,000 per annum")


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        (
            "https://uk.indeed.com/job/python-engineer-5606bc2513db6b04?tk=SECRET",
            "https://uk.indeed.com/viewjob?jk=5606bc2513db6b04",
        ),
        (
            "https://uk.indeed.com/pagead/clk?mo=r&ad=SECRET&jk=5606bc2513db6b04",
            "https://uk.indeed.com/viewjob?jk=5606bc2513db6b04",
        ),
        ("https://www.cv-library.co.uk/job/223456789", "https://www.cv-library.co.uk/job/223456789"),
        (
            "https://www.glassdoor.co.uk/partner/jobListing.htm?pos=1&ao=SECRET&jobListingId=1009123456789",
            "https://www.glassdoor.co.uk/job-listing/index.htm?jl=1009123456789",
        ),
    ],
)
def test_other_forms_of_the_boards_links_lead_to_the_same_advert(link: str, clean: str) -> None:
    found = advert(link)
    assert found
    assert found.url == clean


def test_place_before_employer_is_noticed() -> None:
    rich = f'<p><a href="{UK["reed.co.uk"][0]}">Python Engineer</a></p><p>London, EC1A</p><p>Quillfish Recruitment</p>'
    assert shown(read(mail("alerts@reed.co.uk", rich=rich)))[0][2:4] == ("Quillfish Recruitment", "London, EC1A")


# --- others -------------------------------------------------------------------------------------------------------


def test_an_unknown_layout_is_read_by_its_links() -> None:
    rich = """<p>Hello Mina</p><ul>
    <li><a href="https://jobs.larkfield.example/vacancies/12345-python-engineer?utm_source=mail&token=SECRET">
    Python Engineer</a><br>Larkfield Data<br>Leeds</li>
    <li><a href="https://boards.greenhouse.io/quillfish/jobs/4012345?gh_src=SECRET">Go Engineer</a><br>Quillfish
    <br>Remote</li>
    </ul><a href="https://jobs.larkfield.example/alerts/99999">Manage your alerts</a>
    <a href="https://larkfield.example/about">About us</a>"""
    page = read(mail("jobs@larkfield.example", rich=rich))
    assert shown(page) == [
        (
            "https://jobs.larkfield.example/vacancies/12345-python-engineer",
            "Python Engineer",
            "Larkfield Data",
            "Leeds",
            "",
        ),
        ("https://boards.greenhouse.io/quillfish/jobs/4012345", "Go Engineer", "Quillfish", "Remote", ""),
    ]
    assert page.postings[0].attribution == "larkfield.example"


def test_json_ld_is_believed_before_the_layout() -> None:
    job = {
        "@type": "JobPosting",
        "title": "Python Engineer",
        "identifier": {"value": 77},
        "url": "https://jobs.larkfield.example/job/12345?otpToken=SECRET",
        "hiringOrganization": {"name": "Larkfield Data"},
        "jobLocation": {"address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
        "description": "&lt;p&gt;See https://jobs.larkfield.example/?token=SECRET for more&lt;/p&gt;",
        "baseSalary": {"currency": "GBP", "value": {"minValue": 70000, "unitText": "YEAR"}},
    }
    rich = f'<script type="application/ld+json">{json.dumps({"@graph": [job, "x"]})}</script><p>Python Engineer</p>'
    page = read(mail("jobs@larkfield.example", rich=rich))
    assert shown(page) == [("larkfield.example:77", "Python Engineer", "Larkfield Data", "Leeds, GB", "")]
    assert page.postings[0].url == "https://jobs.larkfield.example/job/12345"
    assert page.postings[0].fields["baseSalary"]["value"]["minValue"] == 70000


def test_one_job_in_two_mails_is_one_posting_and_a_mail_without_a_job_is_counted() -> None:
    alert = mail("jobalerts-noreply@linkedin.com", LINKEDIN)
    page = read(alert, alert, mail("mum@family.example", "Tea at five?"), b"", b"\x00\xff" * 50)
    assert (len(page.postings), page.skipped, page.complete) == (2, 3, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/comm/jobs/alerts?trk=1",
        "https://www.linkedin.com/in/someone-123456",
        "https://www.reed.co.uk/jobs/python-jobs-in-leeds",
        "https://larkfield.example/blog/2026",
        "https://click.larkfield.example/jobs/12345678",
        "https://larkfield.example/job/" + "A1b2" * 20,
        "https://larkfield.example/jobs/search/123456",
        "mailto:jobs@larkfield.example",
        "https://[half/jobs/12345",
        "",
    ],
)
def test_other_links_are_no_jobs(url: str) -> None:
    assert advert(url) is None


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"[" * 100_000, b"{"])
def test_what_holds_no_mails_is_said(body: bytes) -> None:
    with pytest.raises(Unreadable):
        SOURCE.parse(Reply("x", 200, {}, body, datetime.now(UTC)))


def test_a_nest_of_parts_is_passed_over() -> None:
    nest = b"From: a@linkedin.com\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)
    )
    assert read(nest).skipped == 1


PIECES = [
    "<a href=", "<a href='https://www.linkedin.com/jobs/view/1234567'>", "<!--", "<script>", "<", "- ", "a@",
    "https://x.example/job/12345 ", "Title\nFirm\nhttps://www.linkedin.com/jobs/view/1234567/\n", "&amp;",
    "https://a.example/?u=https%3A%2F%2F", "<td>", "posted ", "1 a a ", "\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_mails_are_read_to_their_end(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    head = b"From: a@linkedin.com\nContent-Type: text/%s\n\n"
    with no_hang():
        read(head % b"html" + text.encode(), head % b"plain" + text.encode())


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_mail_is_never_an_error(data: st.DataObject) -> None:
    raw = bytearray(mail("jobalerts-noreply@linkedin.com", LINKEDIN, f"<p>{LINKEDIN}</p>"))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=12))
    for posting in read(bytes(raw)).postings:
        assert posting.id
        assert posting.title
