"""What every app imports and what imports no app: settings helpers, logging, metrics,
threads, and pure functions on text and small values.

`env`, `key_files`, `text`, `parsing`, `languages` and `advisory_locks` need no Django; some
are read while the settings load. Import the modules themselves: nothing is re-exported.
"""
