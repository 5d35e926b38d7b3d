"""The project: settings, routes and server, and below them what every app stands on.

Top to bottom: `urls`, `asgi`, `run`, `server` → `runtime` → (chat → repos) → `accounts`,
`admin` → `foundation`, `postgres`. `testing` holds fixtures and checks.
"""
