"""Every route, asked with HEAD and with parameters that nobody types."""

import re
import uuid

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

pytestmark = pytest.mark.django_db
# What parameters of our pages are called, and one that is not.
NAMES = ["q", "path", "start", "end", "next", "revision", "repository", "archived", "after", "x"]
HOSTILE = ["%00", "a%00b", "%ff%fe", "%ed%a0%80", "-1", "9" * 40, "..%2f..", "%F0%9F%92%A9", "'\"<"]
SAMPLES = {
    "uuid": str(uuid.UUID(int=7)),
    "int": "7",
    "str": "sample",
    "slug": "sample",
    "path": "a/b",
}


def routes(patterns=None, prefix=""):
    """An example path for every route."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLPattern):
            yield "/" + example(prefix + str(entry.pattern))
        elif "admin" not in str(entry.pattern):
            yield from routes(entry.url_patterns, prefix + str(entry.pattern))


def example(route):
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], route)
    if "(?P" in route:  # the only regular expression is of /<owner>/<name>
        route = "owner/name"
    return route.replace("^", "").replace("$", "").replace("\\Z", "")


ROUTES = sorted(set(routes()))
PUBLIC = Client(raise_request_exception=False)


@pytest.fixture
def person(alice):
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    return client


def test_all_routes_are_here():
    assert len(ROUTES) > 50
    assert "/r/00000000-0000-0000-0000-000000000007/" in ROUTES


@pytest.mark.parametrize("route", ROUTES)
def test_no_parameter_is_a_server_error(route, person):
    for value in HOSTILE:
        query = "&".join(f"{name}={value}" for name in NAMES)
        response: HttpResponse = person.get(f"{route}?{query}")
        assert response.status_code < 500, (route, value)
        if "%00" in value:
            assert response.status_code in (400, 401, 403, 404, 405), (route, value)


@pytest.mark.parametrize("route", ROUTES)
def test_head_is_answered_as_get_is(route, person):
    assert person.head(route).status_code == person.get(route).status_code


@pytest.mark.parametrize("route", ROUTES)
def test_a_nul_in_a_form_is_no_server_error(route, person):
    for value in ("\0", "a\0b"):
        response = person.post(route, dict.fromkeys([*NAMES, "title", "name", "repo_url"], value))
        assert response.status_code < 500


@pytest.mark.parametrize(
    "path", ["/%00", "/r/%00/", "/a%00b/c", "/accounts/%00", "/%ff%fe/x", "/admin/%00"]
)
def test_no_path_is_a_server_error(path, person):
    assert person.get(path).status_code in (302, 400, 404)
