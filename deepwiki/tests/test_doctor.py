"""The doctor: its checks side by side, the command, the page for staff."""

import json
import threading

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.core.management import call_command

from deepwiki.runtime.doctor import DoctorCheck, State, all_checks, diagnose, worst
from deepwiki.runtime.doctor.finding import failed, ok, warning

KEY = "sk-secret-of-the-test"


def check(name, run, **fields):
    return DoctorCheck(name, name.title(), run, **fields)


def test_checks_run_side_by_side_and_are_told_in_order():
    meeting = threading.Barrier(3, timeout=10)

    def meet():
        meeting.wait()
        return ok("met")

    found = diagnose([check(name, meet) for name in ("a", "b", "c")])
    assert [(each.check, each.message) for each in found] == [
        ("a", "met"),
        ("b", "met"),
        ("c", "met"),
    ]
    assert worst(found) is State.OK


def test_one_that_does_not_end_is_given_up_and_holds_up_nobody():
    never = threading.Event()
    found = diagnose(
        [check("slow", never.wait, seconds=0.2), check("quick", lambda: warning("soon", "A=1"))]
    )
    never.set()
    assert found[0].state is State.FAILED
    assert "No answer within" in found[0].message
    assert (found[1].state, found[1].fix) == (State.WARNING, "A=1")


def test_one_that_breaks_tells_an_incident_and_nothing_else(caplog):
    def breaks():
        raise ValueError("/srv/deepwiki/secret.key")

    found = diagnose([check("broken", breaks)])[0]
    assert found.state is State.FAILED
    assert "incident" in found.message and "/srv" not in found.message
    assert "/srv/deepwiki/secret.key" in caplog.text


def test_one_whose_need_failed_is_not_run():
    ran = []

    def run():
        ran.append(1)
        return ok("ran")

    first = check("database", lambda: failed("away"))
    found = diagnose([first, check("clock", run, needs="database")])
    assert (found[1].state, ran) == (State.FAILED, [])
    assert "database" in found[1].message
    assert diagnose([check("clock", run, needs="database")])[0].state is State.OK


def run_command(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        call_command("doctor", *arguments)
    return stopped.value.code, capsys.readouterr()


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_states_and_lines_and_ends_by_the_worst(capsys, settings):
    settings.REDIS_URL = ""
    code, printed = run_command(capsys, "redis", "disk")
    assert (code, printed.out.count("ok ")) == (0, 2)
    settings.WEB_PROCESSES = 2
    code, printed = run_command(capsys, "redis")
    assert code == 1
    assert "→ REDIS_URL=" in printed.out and "\x1b" not in printed.out
    settings.DISK_RESERVE_MEGABYTES = 10**12
    code, printed = run_command(capsys, "redis", "disk", "--json")
    report = json.loads(printed.out)
    assert (code, report["state"]) == (2, "failed")
    assert [each["check"] for each in report["checks"]] == ["redis", "disk"]
    assert set(report["checks"][0]) == {"check", "title", "state", "message", "fix", "milliseconds"}


@pytest.mark.django_db
def test_the_command_refuses_a_check_that_does_not_exist(capsys):
    code, printed = run_command(capsys, "nothing")
    assert code == 2
    assert "nothing" in printed.err


@pytest.fixture
def boss(client, carol):
    client.force_login(carol)
    return carol


@pytest.mark.django_db(transaction=True)
def test_the_page_has_a_line_for_each_check_and_runs_them_when_asked(client, boss, settings):
    settings.PROVIDER_ENVIRONMENT = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    page = client.get("/admin/doctor/").content.decode()
    for each in all_checks():
        assert f'id="{each.name}"' in page
    assert 'id="clone"' in page
    assert "git 2" not in page
    page = client.post("/admin/doctor/", {"check": "disk"}).content.decode()
    assert "GB are free" in page and "embedder</small>" not in page
    page = client.post("/admin/doctor/").content.decode()
    assert "Something does not work" in page
    assert KEY not in page and str(django_settings.DATA_DIR) not in page and "Traceback" not in page


@pytest.mark.django_db(transaction=True)
def test_the_page_runs_what_a_check_needs_before_it(client, boss):
    page = client.post("/admin/doctor/", {"check": "clock"}).content.decode()
    assert "agree on the time" in page and "PostgreSQL" in page
    assert "GB are free" not in page


@pytest.mark.django_db
def test_the_page_is_for_staff_who_may_try_models(client, people):
    staff = people["bob"]
    staff.is_staff = True
    staff.save()
    client.force_login(staff)
    assert client.get("/admin/doctor/").status_code == 403
    assert client.post("/admin/doctor/").status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="try_models"))
    assert client.get("/admin/doctor/").status_code == 200
    client.force_login(people["alice"])
    assert client.get("/admin/doctor/").status_code == 302
