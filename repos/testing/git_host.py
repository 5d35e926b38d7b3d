"""A git host on loopback: HTTP in front of git's own `git http-backend`.

With access tokens, redirects, TLS, requests that wait and answers that take for ever.
"""

from __future__ import annotations

import base64
import contextlib
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from repos.testing.certificates import make_certificates
from repos.testing.repositories import GIT_ENVIRONMENT

GATE_SECONDS = 60
TARPIT_BYTES = 60  # one a second
# Clients may fetch any commit, from repositories of any owner.
SERVER_CONFIG = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant",
    "GIT_CONFIG_VALUE_0": "true",
    "GIT_CONFIG_KEY_1": "safe.directory",
    "GIT_CONFIG_VALUE_1": "*",
}


@dataclass
class GitHost:
    """`with GitHost(root) as host:` serves the repositories under `root` at `host.url`.

    token      required from clients if set
    redirects  path prefixes -> other addresses
    tls        https as `localhost`, with a certificate signed by `ca_file`
    gate       requests wait while it is cleared
    seen       (path, authorization) of each request

    trickled   bytes sent so far for paths under /tarpit, one a second
    """

    root: Path
    token: str = ""
    redirects: dict[str, str] = field(default_factory=dict)
    tls: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[str, str]] = field(default_factory=list)
    trickled: int = 0
    ca_file: str = field(default="", init=False)

    def __enter__(self) -> GitHost:
        self.gate.set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.host = self
        if self.tls:
            self._start_tls()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def netloc(self) -> str:
        """Host and port."""
        hostname = "localhost" if self.tls else "127.0.0.1"
        return f"{hostname}:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The address without a path."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.netloc}"

    @property
    def authorization(self) -> str:
        """The Authorization header that opens the repositories."""
        credentials = base64.b64encode(f"x-access-token:{self.token}".encode())
        return f"Basic {credentials.decode()}"

    def redirect_of(self, path: str) -> str:
        """Where a request for `path` is redirected to, empty if it is not."""
        for prefix, target in self.redirects.items():
            if path.startswith(prefix):
                return target + path.removeprefix(prefix)
        return ""

    def _start_tls(self) -> None:
        ca_file, chain = make_certificates(self.root.parent)
        self.ca_file = str(ca_file)
        context = _tls_context(chain)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    host: GitHost


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, *_: Any) -> None:
        return

    def _answer(self, body: bytes) -> None:
        host = self.server.host
        path, _, query = self.path.partition("?")
        authorization = self.headers.get("Authorization") or ""
        host.seen.append((path, authorization))
        host.gate.wait(GATE_SECONDS)
        if target := host.redirect_of(path):
            self._redirect(target, query)
        elif path.startswith("/tarpit"):
            self._send_slowly()
        elif host.token and authorization != host.authorization:
            self._send(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="git"'})
        else:
            self._send_from_git(path, query, body)

    def _redirect(self, target: str, query: str) -> None:
        if query:
            target += f"?{query}"
        self._send(HTTPStatus.FOUND, {"Location": target})

    def _send(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_slowly(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(TARPIT_BYTES):
                self.wfile.write(b".")
                self.wfile.flush()
                self.server.host.trickled += 1
                time.sleep(1)

    def _send_from_git(self, path: str, query: str, body: bytes) -> None:
        environment = self._cgi_environment(path, query)
        output = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, env=environment
        ).stdout
        head, _, content = output.partition(b"\r\n\r\n")
        headers = _cgi_headers(head.decode())
        status = headers.pop("Status", "200 OK")
        self._send(int(status.split()[0]), headers, content)

    def _cgi_environment(self, path: str, query: str) -> dict[str, str]:
        name, rest = _split_path(path)
        folder = self.server.host.root / name.strip("/")
        if (folder / ".git").exists():
            folder = folder / ".git"
        return {
            **GIT_ENVIRONMENT,
            **SERVER_CONFIG,
            "GIT_PROJECT_ROOT": str(folder),
            "PATH_INFO": rest,
            "QUERY_STRING": query,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
        }


def _tls_context(chain: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def _cgi_headers(head: str) -> dict[str, str]:
    """The headers of a CGI program's output; no output means not found."""
    if not head:
        return {"Status": "404 Not Found"}
    return dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)


def _split_path(path: str) -> tuple[str, str]:
    """The repository and git's own part of a path: `/team/tool`, `/info/refs`."""
    name = _repository_name(path)
    return name, path.removeprefix(name).removeprefix(".git")


def _repository_name(path: str) -> str:
    if ".git/" in path:
        return path.split(".git/")[0]
    return path.rsplit("/info/", 1)[0].rsplit("/git-upload-pack", 1)[0]
