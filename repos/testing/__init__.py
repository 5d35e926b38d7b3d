"""Test servers and repositories."""
