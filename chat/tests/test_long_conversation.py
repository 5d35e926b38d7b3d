"""A conversation of forty turns as it is sent: without a browser, whose loop Django's own client cannot run beside."""

import sys

import pytest

pytestmark = pytest.mark.django_db
MOST_HTML_BYTES = 150_000


def test_a_long_conversation_is_light_on_the_wire(client, alice, long_conversation):
    client.force_login(alice)
    page = client.get(f"/c/{long_conversation.pk}/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    sys.stdout.write(f"\nHTML of 40 turns on the wire, bytes: {len(page.content)}\n")
    assert len(page.content) <= MOST_HTML_BYTES
