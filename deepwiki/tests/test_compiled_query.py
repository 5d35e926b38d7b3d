"""Statements that are compiled once give what their querysets give."""

import pytest
from django.contrib.auth.models import User
from django.db.models import F, Q

from deepwiki.foundation.compiled_query import CompiledQuery
from repos.models import Repository

pytestmark = pytest.mark.django_db


def owned(user_id, name):
    rows = Repository.objects.filter(Q(added_by=user_id) | Q(name=name)).order_by("name")
    return rows.select_related("added_by").annotate(owner_name=F("added_by__username"))


def test_rows_have_their_related_rows_and_annotations_for_the_values_of_each_time(
    alice, bob, django_assert_num_queries
):
    for name, owner in (("one", alice), ("two", bob), ("three", None)):
        Repository.objects.create(name=name, url=f"https://x.example/{name}", added_by=owner)
    query = CompiledQuery(owned, user_id=-1, name="?")
    for user, name in ((alice, "three"), (bob, "one"), (bob, "'; --%s")):
        with django_assert_num_queries(1):
            rows = query.rows(user_id=user.pk, name=name)
            found = [
                (row.name, row.added_by and row.added_by.email, row.owner_name) for row in rows
            ]
        expected = list(owned(user.pk, name))
        assert rows == expected
        assert found == [
            (row.name, row.added_by and row.added_by.email, row.owner_name) for row in expected
        ]


def test_there_is_no_first_of_no_rows():
    assert CompiledQuery(owned, user_id=-1, name="?").first(user_id=0, name="") is None


def test_a_sample_that_is_no_parameter_is_refused():
    def everybody(user_id):
        return User.objects.all()

    with pytest.raises(ValueError, match="user_id"):
        CompiledQuery(everybody, user_id=-1).rows(user_id=1)


def test_a_deferred_column_is_loaded_when_it_is_asked_for(alice):
    query = CompiledQuery(lambda pk: User.objects.filter(pk=pk).defer("email"), pk=-1)
    person = query.first(pk=alice.pk)
    assert person.get_deferred_fields() == {"email"}
    assert person.email == alice.email
