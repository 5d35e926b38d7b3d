"""The doctor in the REST interface: for staff who may try models, with a token for that."""

import pytest
from django.contrib.auth.models import Permission

from chat.testing.rest_client import RestClient
from deepwiki.accounts.models import ApiToken, TokenScope
from deepwiki.runtime.doctor import rest_router

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(people):
    return people["bob"]


@pytest.fixture
def rest(person):
    return RestClient(ApiToken.issue(person, scopes=[TokenScope.ADMIN])[1])


@pytest.fixture
def staff(person):
    person.is_staff = True
    person.save()
    person.user_permissions.set(Permission.objects.filter(codename="try_models"))
    return person


def test_staff_are_told_what_works(rest, staff):
    found = rest.get("doctor", check="extension").body
    assert found["state"] == "ok"
    assert [check["check"] for check in found["checks"]] == ["database", "extension"]
    assert all(check["message"] for check in found["checks"])
    assert rest.get("doctor", check="nothing").problem == (422, "unknown_check")


def test_one_at_a_time_is_looked_at(rest, staff):
    with rest_router._diagnosing:
        assert rest.get("doctor", check="database").problem == (429, "server_busy")
    assert rest.get("doctor", check="database").status == 200


@pytest.mark.parametrize("lacks", ["is_staff", "permission", "scope"])
def test_nobody_else_is(rest, staff, lacks):
    if lacks == "is_staff":
        type(staff).objects.update(is_staff=False)
    elif lacks == "permission":
        staff.user_permissions.clear()
    else:
        rest = RestClient(ApiToken.issue(staff, scopes=["read", "ask", "manage"])[1])
    code = "scope_missing" if lacks == "scope" else "not_allowed"
    assert rest.get("doctor", check="database").problem == (403, code)
