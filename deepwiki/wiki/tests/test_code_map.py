"""Where the tour of a code map begins, which calls it follows, and what it quotes of them."""

import pytest

from deepwiki.wiki.content import DiagramBlock
from deepwiki.wiki.pages import markdown, write_page
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.tour import call_tour
from deepwiki.wiki.plan import PageKind, plan_wiki
from deepwiki.wiki.tests.memory_index import MemoryIndex

SESSIONS = '''from shop.adapters import HTTPAdapter
from shop.cookies import CookieJar, merge_cookies
from shop.models import prepare


class BaseSession:
    def send(self, request): ...


class Session(BaseSession):
    def request(self, method, url):
        """Builds a request and sends it."""
        prepared = self.prepare_request(method, url)
        self.merge_settings(url)
        return self.send(prepared)

    def prepare_request(self, method, url):
        merge_cookies(CookieJar(), url)
        return prepare(method, url)

    def merge_settings(self, url):
        return merge_cookies(url, None)

    def send(self, request, **kwargs):
        """Sends a prepared request."""
        stream = kwargs.get("stream")
        adapter = self.adapter_of(request)
        return adapter.send(request, stream)

    def adapter_of(self, request):
        return HTTPAdapter()

    def get(self, url):
        return self.request("GET", url)
'''
ADAPTERS = '''from shop.cookies import merge_cookies
from shop.models import build_response, check


class BaseAdapter:
    def send(self, request):
        raise NotImplementedError


class HTTPAdapter(BaseAdapter):
    def __init__(self):
        self.retries = check(3)

    def send(self, request, stream=False):
        """Opens a connection and waits for the answer."""
        checked = check(request)
        merge_cookies(checked, stream)
        return build_response(checked)

    def unused(self):
        return merge_cookies(None, None)
'''
COOKIES = '''class CookieJar:
    def __init__(self):
        self.jar = {}

    def copy(self):
        return merge_cookies(self, None)


def merge_cookies(jar, other):
    """Adds cookies to a jar."""
    return jar
'''
MODELS = '''def prepare(method, url):
    """A request that can be sent."""
    return check(method), url


def check(value):
    return value


def build_response(value):
    return check(value)
'''
API = """from shop.sessions import Session


def fetch(url):
    return Session().request("GET", url)


def post(url):
    return Session().request("POST", url)
"""
FILES = {
    "shop/sessions.py": SESSIONS,
    "shop/adapters.py": ADAPTERS,
    "shop/cookies.py": COOKIES,
    "shop/models.py": MODELS,
    "shop/api.py": API,
}


class FirstOfEquals(MemoryIndex):
    """As the index does, it takes the first of several definitions that a name may mean."""

    def _meant(self, symbol, name):
        paths = (symbol.path, *self._edges[symbol.path].kinds)
        equals = (each for path in paths for each in self._outline(path) if each.name == name)
        return super()._meant(symbol, name) or next(equals, None)


@pytest.fixture(scope="module")
def source():
    index = FirstOfEquals(FILES)
    plan = plan_wiki(index.code)
    page = next(each for each in plan.pages if each.kind == PageKind.CODE_MAP)
    return PageSource(page, plan, index.code, index)


@pytest.fixture(scope="module")
def tour(source):
    return call_tour(source)


def called(tour, name):
    """What a definition calls, of those that the tour knows."""
    return [
        call.target.qualified_name
        for symbol, calls in tour.calls.items()
        if symbol.qualified_name == name
        for call in calls
    ]


def steps(tour):
    return [step.symbol.qualified_name for step in tour.steps]


def test_it_begins_above_what_leads_furthest(tour):
    assert steps(tour)[0] == "Session.request"


def test_steps_stand_in_the_order_in_which_they_are_called(tour):
    names = steps(tour)
    order = ["Session.request", "Session.prepare_request", "Session.send", "HTTPAdapter.send"]
    assert [name for name in names if name in order] == order
    assert len(set(names)) == len(names) <= 10


def test_a_method_called_on_itself_is_that_of_its_own_class(tour):
    assert "Session.send" in called(tour, "Session.request")
    assert "BaseSession.send" not in called(tour, "Session.request")


def test_a_variable_named_like_a_class_means_it(tour):
    assert "HTTPAdapter.send" in called(tour, "Session.send")


def test_methods_that_collections_have_too_are_not_believed(tour):
    assert "Session.get" not in called(tour, "Session.send")


def test_a_class_that_is_called_runs_its_constructor_alone(tour):
    assert called(tour, "HTTPAdapter") == ["check"]
    assert called(tour, "CookieJar") == []


def test_what_is_quoted_holds_the_calls_of_the_steps_behind_it(tour):
    first = tour.quoted(tour.steps[0])
    assert any("self.send(prepared)" in line for line in first.lines)
    assert first.lines[-1].strip()


def test_the_drawing_shows_the_steps(source, tour):
    content = write_page(source.page, source.plan, source.code, source.reader)
    [drawing] = [block for block in content.blocks if isinstance(block, DiagramBlock)]
    assert len(drawing.edges) <= len(tour.steps) - 1
    names = [step.symbol.name for step in tour.steps[1:]]
    assert [edge.label for edge in drawing.edges] == names[: len(drawing.edges)]
    assert markdown(content).count("\n## ") == len(tour.steps)
