"""A git host on loopback: real `git http-backend` behind a small HTTP server, with tokens, redirects and tarpits."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

WHO = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.devnull, "PATH": os.environ.get("PATH", ""),
}  # fmt: skip


def run_git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    """Plain git, for making repositories in tests."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, env=WHO).stdout.decode().strip()


def make_repository(folder: Path, files: dict[str, str | bytes], branch: str = "main") -> str:
    """A repository with one commit of `files`, or one more commit in an existing one; returns the commit."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run_git(folder, "init", "-q", "-b", branch)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    run_git(folder, "add", "-A", "-f")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return run_git(folder, "rev-parse", "HEAD")


@dataclass
class GitHost:
    """`with GitHost(root) as host:` serves the repositories under `root` at `host.url`.

    `token` is wanted when set; `redirects` maps path prefixes to other addresses; paths under /tarpit answer a byte a
    second. `seen` holds (path, authorization) of each request.
    """

    root: Path
    token: str = ""
    redirects: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> GitHost:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.serve(self, b"")

            def do_POST(self) -> None:
                host.serve(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    def serve(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request."""
        path, _, query = handler.path.partition("?")
        authorization = handler.headers.get("Authorization") or ""
        self.seen.append((path, authorization))
        for prefix, target in self.redirects.items():
            if path.startswith(prefix):
                handler.send_response(302)
                handler.send_header("Location", target + path[len(prefix) :] + (f"?{query}" if query else ""))
                handler.end_headers()
                return
        if path.startswith("/tarpit"):
            self._trickle(handler)
            return
        wanted = f"Basic {base64.b64encode(f'x-access-token:{self.token}'.encode()).decode()}"
        if self.token and authorization != wanted:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Basic realm="git"')
            handler.end_headers()
            return
        self._backend(handler, path, query, body)

    def _trickle(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(60):
                handler.wfile.write(b".")
                handler.wfile.flush()
                time.sleep(1)
        except OSError:
            pass

    def _backend(self, handler: BaseHTTPRequestHandler, path: str, query: str, body: bytes) -> None:
        name = (
            path.split(".git/")[0] if ".git/" in path else path.rsplit("/info/", 1)[0].rsplit("/git-upload-pack", 1)[0]
        )
        rest = path[len(name) :].removeprefix(".git")
        folder = self.root / name.strip("/")
        git_dir = folder / ".git" if (folder / ".git").exists() else folder
        environment = {
            **WHO, "GIT_PROJECT_ROOT": str(git_dir), "PATH_INFO": rest, "QUERY_STRING": query, "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": handler.command, "CONTENT_TYPE": handler.headers.get("Content-Type") or "",
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol") or "", "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_KEY_1": "safe.directory", "GIT_CONFIG_VALUE_1": "*",
        }  # fmt: skip
        out = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200 OK").split()[0]) if head else 404
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key, value)
        handler.end_headers()
        handler.wfile.write(content)
