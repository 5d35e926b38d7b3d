"""What people may do is asked of the database in one statement, and is what Django says."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission, User

pytestmark = pytest.mark.django_db


def permission(codename):
    return Permission.objects.get(codename=codename)


def test_own_permissions_and_those_of_groups_in_one_query(alice, django_assert_num_queries):
    alice.user_permissions.add(permission("change_repository"), permission("add_group"))
    for name in ("share_repository", "change_repository"):
        group = Group.objects.create(name=name)
        group.permissions.add(permission(name))
        alice.groups.add(group)
    person = User.objects.get(pk=alice.pk)
    with django_assert_num_queries(1):
        assert person.has_perm("repos.share_repository")
        assert person.has_perm("repos.change_repository")
        assert not person.has_perm("repos.delete_repository")
    expected = ModelBackend().get_all_permissions(User.objects.get(pk=alice.pk))
    assert person.get_all_permissions() == expected


def test_who_is_not_active_may_nothing(alice):
    alice.user_permissions.add(permission("change_repository"))
    alice.is_active = False
    alice.save()
    person = User.objects.get(pk=alice.pk)
    assert not person.has_perm("repos.change_repository")
    assert person.get_all_permissions() == set()


def test_a_superuser_may_everything(alice):
    alice.is_superuser = True
    alice.save()
    assert User.objects.get(pk=alice.pk).get_all_permissions() >= {"repos.share_repository"}
