"""Measurements of speed, memory and retrieval: `make bench`, never run by the tests.

`__main__` runs `index`, `chat`, `local_embedders` and `large_repository`, each over the
database that `environment` sets up; `retrieval` runs by itself.
"""
