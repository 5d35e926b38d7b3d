"""Programs get JSON where people get pages: which requests are programs', and what they are told."""

import pytest
from django.test import Client, RequestFactory

from deepwiki.foundation.json_errors import wants_json

JSON = "application/json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "accept", "content_type", "expected"),
    [
        ("/", JSON, "", True),
        ("/", "application/json, text/plain, */*", "", True),
        ("/", "application/json;q=0.9, text/html;q=0.5", "", True),
        ("/", BROWSER, "", False),
        ("/", "text/html, application/json", "", False),
        ("/", "*/*", "", False),
        ("/", "", "", False),
        ("/", "*/*", JSON, True),
        ("/", BROWSER, JSON, False),
        ("/", "text/event-stream", "", False),
        ("/api/runs/x/events", "text/event-stream", "", True),
        ("/api/wiki_cache", "*/*", "", True),
        ("/api/wiki_cache", BROWSER, "", True),
        ("/chat/completions/stream", "*/*", "", True),
        ("/local_repo/structure", "", "", True),
        ("/apiary/tool", "*/*", "", False),
    ],
)
def test_a_program_is_known_by_its_path_or_by_what_it_asks_for(
    path, accept, content_type, expected
):
    headers = {"accept": accept} if accept else {}
    request = RequestFactory().post(path, "{}", content_type or "text/plain", headers=headers)
    assert wants_json(request) is expected


@pytest.mark.django_db
@pytest.mark.parametrize("accept", [JSON, BROWSER])
def test_a_missing_csrf_token_is_told_in_the_form_that_is_asked_for(alice, accept):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    reply = client.post("/repositories/add", {"repo_url": "a/b"}, headers={"accept": accept})
    assert reply.status_code == 403
    assert reply.headers["Content-Type"].startswith(accept.partition(",")[0])
    assert (b"detail" in reply.content) == (accept == JSON)


@pytest.mark.django_db
def test_a_wrong_host_and_a_wrong_method_are_told_as_json(client):
    headers = {"accept": JSON}
    wrong_host = client.get("/accounts/signup/", headers={**headers, "host": "evil.example"})
    assert (wrong_host.status_code, "detail" in wrong_host.json()) == (400, True)
    wrong_method = client.get("/repositories/add", headers=headers)
    assert (wrong_method.status_code, wrong_method.headers["Allow"]) == (405, "POST")


@pytest.mark.django_db
def test_the_sign_in_page_is_never_a_programs_answer(client):
    for path in ("/accounts/login/", "/accounts/login/?next=/", "/admin/login/"):
        for method in (client.get, client.head):
            reply = method(path, headers={"accept": JSON})
            assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
        shown = client.get(path, headers={"accept": BROWSER}, follow=True)  # the admin's is ours
        assert (shown.status_code, shown.request["PATH_INFO"]) == (200, "/accounts/login/")
