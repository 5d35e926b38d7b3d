"""The REST interface under `/api/v1/`. It is loaded with its first request: see views.py."""
