"""Measurements of speed and memory. They are run by `make bench` and never by the tests."""
