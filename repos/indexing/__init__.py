"""From files to chunks with their words: pure stages, no database, no network.

walk -> chunk -> tokens        (in reading order; store.py writes what comes out)
"""
