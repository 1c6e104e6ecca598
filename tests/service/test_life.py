"""The unit under a real systemd: it starts, reloads, is restarted when it dies or hangs, and stops."""

from __future__ import annotations

import json
import re

import pytest

from rolecall.cli import CONFIG_ERROR
from tests.house import job
from tests.service.machine import VENV, Machine, until

ROLECALL = f"{VENV}/bin/rolecall"
CONFIG = "/etc/rolecall/config.toml"
STATE = "/var/lib/private/rolecall"
DROP_INS = "/etc/systemd/system/rolecall.service.d"
SECRET = "canary-of-the-webhook"

GOOD = """
[daemon]
tick = "1s"
summary_wait = "0s"

[channel.console]

[channel.hook]
kind = "webhook"
url_credential = "webhook-url"

[[source]]
kind = "folder"
path = "/etc/rolecall/inbox"
every = "1s"

[[search]]
name = "Python"
stack.any = ["python"]
notify = ["console"]
"""

# The tests do not wait for minutes; but so quick a watchdog is for one of them only: a busy machine keeps it waiting.
QUICKER = "[Service]\nRestartSec=1\n"
WATCHED = "[Service]\nWatchdogSec=6\n"


@pytest.fixture(scope="module")
def installed(machine: Machine) -> Machine:
    """The machine, with the service installed by our own command from a configuration and a secret beside it."""
    machine.write("/etc/rolecall/inbox/first.jsonl", row(1))
    machine.write("/srv/mine/config.toml", GOOD.replace("url_credential", "url_file"))
    machine.write("/srv/mine/webhook-url", f"http://127.0.0.1:9/{SECRET}", mode="600")
    machine.write(f"{DROP_INS}/test.conf", QUICKER)
    machine.run(ROLECALL, "service", "install", "--from", "/srv/mine/config.toml", "--now")
    return machine


@pytest.fixture(scope="module")
def running(installed: Machine) -> Machine:
    """The service as `service` starts it, once for all tests that only look at it."""
    return anew(installed)


@pytest.fixture
def service(installed: Machine) -> Machine:
    """The service, started anew, with a good configuration, an empty database and one job in its inbox."""
    return anew(installed)


def anew(installed: Machine) -> Machine:
    installed.run("systemctl", "stop", "rolecall.service")
    installed.run("systemctl", "reset-failed", "rolecall.service", code=None)
    installed.run("find", STATE, "-mindepth", "1", "-delete")
    installed.run("find", "/etc/rolecall/inbox", "-type", "f", "!", "-name", "first.jsonl", "-delete")
    installed.write(CONFIG, GOOD)
    installed.run("systemctl", "start", "rolecall.service")
    return installed


def row(number: int) -> str:
    given = job(number)
    return json.dumps({"id": str(number), "title": given["title"], "company": given["company_name"],
                       "url": given["absolute_url"], "description": given["content"]}) + "\n"  # fmt: skip


def main_pid(machine: Machine) -> int:
    return int(machine.show("rolecall", "MainPID"))


def restarted(machine: Machine, before: int) -> None:
    until(lambda: main_pid(machine) not in (0, before), "another process")
    until(lambda: machine.show("rolecall", "ActiveState") == "active", "active again")


def told(machine: Machine, text: str) -> None:
    """Wait for a text in the journal."""
    try:
        until(lambda: text in machine.journal("rolecall"), f"{text!r} in the journal")
    except AssertionError as error:
        raise AssertionError(f"{error}:\n{machine.journal('rolecall')}") from None


# --- life -----------------------------------------------------------------------------------------------------


def test_installed_by_our_command_it_runs_at_once_and_at_every_boot(installed: Machine) -> None:
    assert installed.show("rolecall", "ActiveState") == "active"
    assert installed.run("systemctl", "is-enabled", "rolecall").stdout == "enabled\n"
    assert 'url_credential = "webhook-url"' in installed.run("cat", CONFIG).stdout
    assert "Everything is as it should be." in installed.run(ROLECALL, "service", "install").stdout
    assert "service  active (running)" in installed.run(ROLECALL, "service", "status").stdout


def test_it_says_when_it_is_ready_and_finds_the_job(running: Machine) -> None:
    assert running.show("rolecall", "ActiveState") == "active"
    assert running.show("rolecall", "StatusText").startswith("watching 1 source")
    told(running, "Invented 1 Works")


def test_root_looks_at_it_by_the_ordinary_commands(running: Machine) -> None:
    told(running, "polled source=folder:inbox")
    status = json.loads(running.run(ROLECALL, "status", "--json").stdout)
    assert [source["name"] for source in status["sources"]] == ["folder:inbox"]
    running.run(ROLECALL, "check", "--offline")


# --- what is its own ----------------------------------------------------------------------------------------------


def test_its_state_belongs_to_a_user_that_exists_only_while_it_runs(running: Machine) -> None:
    mode, owner = running.mode(STATE).split()
    assert mode == "700"
    assert int(owner) >= 61184  # the range of dynamic users
    assert running.mode(f"{STATE}/rolecall.db") == f"600 {owner}"
    assert running.mode("/var/lib/private") == "700 0"


def test_a_credential_is_read_by_the_service_and_by_nobody_else(running: Machine) -> None:
    inside = "/run/credentials/rolecall.service/webhook-url"
    assert running.run("cat", inside).stdout.strip().endswith(SECRET)
    assert running.mode("/etc/rolecall/credentials/webhook-url") == "600 0"
    for path in (inside, "/etc/rolecall/credentials/webhook-url"):
        running.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", path, code=1)
    environment = running.run("cat", f"/proc/{main_pid(running)}/environ").stdout
    assert "CREDENTIALS_DIRECTORY=/run/credentials/rolecall.service" in environment
    assert SECRET not in environment + running.journal("rolecall")


def parser(machine: Machine) -> str:
    """Return the number of the process that parses."""
    group = machine.show("rolecall", "ControlGroup")
    processes = machine.run("cat", f"/sys/fs/cgroup{group}/cgroup.procs").stdout.split()
    (found,) = [each for each in processes if "rolecall.sandbox" in machine.run("cat", f"/proc/{each}/cmdline").stdout]
    return found


def test_the_parsing_child_has_its_limits_in_there_too(service: Machine) -> None:
    told(service, "polled source=folder:inbox")
    limits = service.run("cat", f"/proc/{parser(service)}/limits").stdout
    found = {name: re.search(rf"^{name} +(\d+|unlimited) ", limits, re.MULTILINE) for name in LIMITS}
    assert {name: each[1] for name, each in found.items() if each} == LIMITS


LIMITS = {"Max address space": "768000000", "Max open files": "0", "Max processes": "0", "Max core file size": "0"}


# --- what may happen ----------------------------------------------------------------------------------------------


def test_a_reload_takes_a_good_configuration(service: Machine) -> None:
    before = main_pid(service)
    service.write(CONFIG, GOOD + '\n[[search]]\nname = "Go"\nstack.any = ["go"]\n')
    service.run("systemctl", "reload", "rolecall")
    until(lambda: "2 searches" in service.show("rolecall", "StatusText"), "two searches")
    assert main_pid(service) == before


def test_a_reload_refuses_a_bad_one_and_goes_on_as_before(service: Machine) -> None:
    before, refused = main_pid(service), service.journal("rolecall").count("reload-refused")
    service.write(CONFIG, GOOD.replace("stack.any", "stak.any"))
    service.run("systemctl", "reload", "rolecall")
    until(lambda: service.journal("rolecall").count("reload-refused") > refused, "a refusal")
    service.write("/etc/rolecall/inbox/second.jsonl", row(2))
    told(service, "Invented 2 Works")
    assert main_pid(service) == before


def test_killed_it_is_started_again(service: Machine) -> None:
    before = main_pid(service)
    service.run("kill", "-KILL", str(before))
    restarted(service, before)


def test_when_it_hangs_the_watchdog_starts_it_again(service: Machine) -> None:
    service.write(f"{DROP_INS}/watched.conf", WATCHED)
    service.run("systemctl", "daemon-reload")
    service.run("systemctl", "restart", "rolecall")
    before = main_pid(service)
    service.run("kill", "-STOP", str(before))
    restarted(service, before)
    assert "rolecall.service: Watchdog timeout" in service.run("journalctl", "UNIT=rolecall.service").stdout
    service.run("rm", f"{DROP_INS}/watched.conf")
    service.run("systemctl", "daemon-reload")


def test_the_journal_knows_how_grave_each_line_is(service: Machine) -> None:
    service.write(CONFIG, GOOD.replace("stack.any", "stak.any"))
    service.run("systemctl", "reload", "rolecall")
    told(service, "reload-refused")
    errors = service.run("journalctl", "--no-pager", "--output=cat", "--priority=err", "--unit=rolecall").stdout
    assert "reload-refused" in errors
    assert "polled source" not in errors
    assert "<3>" not in service.journal("rolecall")


def test_what_root_does_at_a_command_line_leaves_the_service_its_own(service: Machine) -> None:
    told(service, "Invented 1 Works")
    (job_id,) = [each["id"] for each in json.loads(service.run(ROLECALL, "list", "--json").stdout)]
    service.run(ROLECALL, "save", job_id)
    told(service, "decided kind=saved")
    service.run(ROLECALL, "backup", "/var/tmp/copy.db")  # noqa: S108 # in there
    service.run("systemctl", "stop", "rolecall")
    service.run(ROLECALL, "restore", "/var/tmp/copy.db")  # noqa: S108
    service.run(ROLECALL, "applied", job_id)
    service.run("systemctl", "start", "rolecall")
    told(service, "polled source=folder:inbox")
    assert "no-sign-of-life" not in service.journal("rolecall")


def test_metrics_and_health_are_answered_from_inside_the_sandbox(service: Machine) -> None:
    service.write(CONFIG, GOOD + '\n[metrics]\nlisten = "127.0.0.1:9464"\n')
    service.run("systemctl", "restart", "rolecall")
    told(service, "polled source=folder:inbox")
    ask = "import sys, urllib.request as r; print(r.urlopen(f'http://127.0.0.1:9464{sys.argv[1]}').read().decode())"
    assert json.loads(service.run(f"{VENV}/bin/python", "-c", ask, "/healthz").stdout) == {"well": True, "troubles": []}
    assert (
        'rolecall_polls_total{outcome="read",source="folder:inbox"}'
        in service.run(f"{VENV}/bin/python", "-c", ask, "/metrics").stdout
    )


def test_told_to_stop_it_ends_well_within_its_grace(service: Machine) -> None:
    service.run("systemctl", "stop", "rolecall")
    assert service.show("rolecall", "Result") == "success"
    assert service.show("rolecall", "ExecMainStatus") == "0"
    assert "stopped before the work in hand was finished" not in service.journal("rolecall")


def test_a_bad_configuration_is_not_tried_again(service: Machine) -> None:
    service.run("systemctl", "stop", "rolecall")
    service.write(CONFIG, GOOD.replace("stack.any", "stak.any"))
    service.run("systemctl", "start", "rolecall", code=1)
    until(lambda: service.show("rolecall", "ActiveState") == "failed", "failed for good")
    assert service.show("rolecall", "ExecMainStatus") == str(CONFIG_ERROR)
    assert service.show("rolecall", "NRestarts") == "0"
    told(service, 'search[1].stak: is not a key I know. Did you mean "stack"?')
    errors = service.run("journalctl", "--no-pager", "--output=cat", "--priority=err", "--identifier=rolecall").stdout
    assert "rolecall: search[1].stak" in errors


def test_a_feed_that_takes_for_ever_to_parse_stops_nothing(service: Machine) -> None:
    told(service, "polled source=folder:inbox")
    before, daemon = parser(service), main_pid(service)
    service.write("/etc/rolecall/bombs/bomb.xml", f"<rss><channel><item {ATTRIBUTES}/></channel></rss>")
    service.write(CONFIG, GOOD + BOMBS)
    service.run("systemctl", "reload", "rolecall")
    told(service, "the answer took longer than")
    service.write("/etc/rolecall/inbox/third.jsonl", row(3))
    told(service, "Invented 3 Works")
    assert parser(service) != before
    assert main_pid(service) == daemon


BOMBS = '\n[[source]]\nkind = "folder"\npath = "/etc/rolecall/bombs"\nevery = "1s"\n'
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(30_000))  # feedparser takes them in quadratic time


def test_uninstalled_it_is_stopped_and_what_is_yours_stays(service: Machine) -> None:
    service.run(ROLECALL, "service", "uninstall")
    assert service.show("rolecall", "ActiveState") == "inactive"
    assert service.show("rolecall", "FragmentPath") == ""
    service.run("test", "-f", f"{STATE}/rolecall.db")
    service.run("test", "-f", CONFIG)
