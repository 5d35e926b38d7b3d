"""`manage.py reseal_secrets`: the former name of `rotate_keys`."""

from repos.management.commands.rotate_keys import Command

__all__ = ["Command"]
