"""Shared by tests, checks and measurements: fixtures, browser steps, and `make check`.

`plugin` is the pytest plugin; `check` runs every static check, of which `density`,
`import_cycles`, `loose_modules` and `audit` are our own.
"""
