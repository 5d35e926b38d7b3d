"""Access tokens: sealed at rest, shown to nobody."""

import pytest

from deepwiki.foundation.encryption import WrongKey, decrypt, encrypt
from repos.models import Repository
from repos.services import find, find_or_add

pytestmark = pytest.mark.django_db


def test_a_token_is_not_in_the_database_in_clear(alice, db):
    repository = find_or_add(alice, "https://github.com/alice/secret", token="ghp_verysecret123456")
    repository.refresh_from_db()
    assert repository.is_private
    assert repository.token == "ghp_verysecret123456"
    assert "verysecret" not in repository.token_encrypted


def test_keys_rotate_and_a_lost_key_says_so(settings):
    settings.TOKEN_KEYS = ["old-key"]
    sealed = encrypt("token")
    settings.TOKEN_KEYS = ["new-key", "old-key"]
    assert decrypt(sealed) == "token"
    settings.TOKEN_KEYS = ["new-key"]
    with pytest.raises(WrongKey, match="Enter it again"):
        decrypt(sealed)


@pytest.mark.parametrize(
    "spelling",
    [
        "https://github.com/alice/secret",
        "https://GitHub.com/Alice/Secret.git",
        "https://github.com:443/alice/secret/",
        "alice/secret",
        "http://github.com/alice/secret",
    ],
)
def test_no_spelling_and_no_token_of_another_person_leads_to_it(alice, bob, spelling):
    mine = find_or_add(alice, "https://github.com/alice/secret", token="ghp_verysecret123456")
    assert find(bob, spelling) is None
    for token in ("", "wrong-token"):
        theirs = find_or_add(bob, spelling, token=token)
        assert theirs.pk != mine.pk
        assert theirs.current_index_id is None
    assert find(alice, spelling.replace("http://", "https://")).pk == mine.pk


def test_the_admin_never_shows_it(client, carol, alice):
    repository = find_or_add(alice, "https://github.com/alice/secret", token="ghp_verysecret123456")
    client.force_login(carol)
    page = client.get(f"/admin/repos/repository/{repository.pk}/change/").content.decode()
    assert "verysecret" not in page
    assert repository.token_encrypted not in page
    assert Repository.objects.get().token_encrypted
