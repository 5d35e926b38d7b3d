"""Git against real hosts on loopback, kind ones and hostile ones."""

import contextlib
import os
import socket
import subprocess
import threading
import time

import psutil
import pytest

from repos.indexing.file_selection import Limits, Skipped, files, select
from repos.sources import FetchLimits, Source, commits_between, open_snapshot, parse_address
from repos.sources.errors import AddressRefused, Broken, Moved, NotFound, SourceError, Unreachable
from repos.sources.snapshot import remote_commit
from repos.testing import GitHost, make_repository, run_git
from repos.testing.git_host import TARPIT_BYTES

pytestmark = pytest.mark.integration


def snapshot(host, name, tmp_path, **kwargs):
    limits = FetchLimits(
        seconds=kwargs.pop("seconds", 20),
        megabytes=kwargs.pop("megabytes", 50),
        allow=[host.netloc, *kwargs.pop("allow", [])],
        ca_file=kwargs.pop("ca_file", ""),
    )
    return open_snapshot(
        Source(parse_address(f"{host.url}/{name}", "git"), limits, tmp_path / "work", **kwargs)
    )


def texts(snap):
    skipped = Skipped()
    chosen = select(snap.entries, Limits(), skipped)
    return {f.entry.path: f.text for f in files(snap.reader.read(chosen), skipped)}, skipped


class GitProcesses:
    """The git processes among this process's descendants, remembered while they run.

    A helper whose git was killed without it is nobody's descendant any more, and would be overlooked afterwards.
    """

    def __init__(self):
        self.seen = {}

    def look(self):
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.name().startswith("git"):
                    self.seen[process] = process.name()
        return self.seen.values()

    def left(self):
        """Those that still run after a while."""
        return psutil.wait_procs(self.seen, timeout=10)[1]


def test_a_repository_is_fetched_read_and_removed_again(host, tmp_path):
    commit = make_repository(host.root / "team/tool", {"a.py": "x = 1\n", "docs/b.md": "# B\n"})
    with snapshot(host, "team/tool", tmp_path) as snap:
        assert snap.commit == commit
        assert texts(snap)[0] == {"a.py": "x = 1\n", "docs/b.md": "# B\n"}
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("kind", ["branch", "tag", "commit"])
def test_a_branch_a_tag_or_a_commit_can_be_named(host, tmp_path, kind):
    first = make_repository(host.root / "r", {"a.py": "first\n"})
    run_git(host.root / "r", "branch", "old")
    run_git(host.root / "r", "tag", "v1")
    make_repository(host.root / "r", {"a.py": "second\n"})
    revision = {"branch": "old", "tag": "v1", "commit": first}[kind]
    with snapshot(host, "r", tmp_path, revision=revision) as snap:
        assert snap.commit == first
        assert texts(snap)[0] == {"a.py": "first\n"}


def test_a_missing_branch_is_said_to_be_missing(host, tmp_path):
    make_repository(host.root / "r", {"a.py": "x\n"})
    with (
        pytest.raises(NotFound, match="no such branch"),
        snapshot(host, "r", tmp_path, revision="nope"),
    ):
        pass


def test_an_empty_repository_is_said_to_be_empty_or_missing(host, tmp_path):
    (host.root / "r").mkdir(parents=True)
    run_git(host.root / "r", "init", "-q")
    with pytest.raises((Broken, NotFound)), snapshot(host, "r", tmp_path):
        pass


def test_unknown_and_private_give_the_same_words(tmp_path):
    with GitHost(tmp_path / "served", token="s3cret-token-1") as host:
        make_repository(host.root / "private", {"a.py": "x\n"})
        words = []
        for name in ("private", "unknown"):
            with pytest.raises(NotFound) as caught, snapshot(host, name, tmp_path):
                pass
            words.append(str(caught.value))
        assert words[0] == words[1]


def test_a_token_opens_a_private_repository_and_leaves_no_trace(tmp_path, monkeypatch):
    token = "s3cret-token-1"
    arguments = []
    real = subprocess.Popen

    def watched(*args, **kwargs):
        arguments.append(" ".join(args[0]))
        return real(*args, **kwargs)

    monkeypatch.setattr("repos.sources.git.subprocess.Popen", watched)
    with GitHost(tmp_path / "served", token=token) as host:
        make_repository(host.root / "private", {"a.py": "x\n"})
        with snapshot(host, "private", tmp_path, token=token) as snap:
            assert texts(snap)[0] == {"a.py": "x\n"}
            written = b"".join(
                p.read_bytes() for p in (tmp_path / "work").rglob("*") if p.is_file()
            )
            assert token.encode() not in written
        assert arguments and not any(token in line for line in arguments)
        with (
            pytest.raises(NotFound) as caught,
            snapshot(host, "private", tmp_path, token="wr0ng-token"),
        ):
            pass
        assert "wr0ng-token" not in str(caught.value)


def test_a_redirect_to_a_place_that_is_not_allowed_is_refused_unseen(tmp_path):
    with GitHost(tmp_path / "other") as other, GitHost(tmp_path / "served") as host:
        make_repository(other.root / "r", {"a.py": "x\n"})
        host.redirects["/r"] = f"{other.url}/r"
        with pytest.raises(AddressRefused), snapshot(host, "r", tmp_path, token="s3cret"):
            pass
        assert other.seen == []


def test_a_repository_that_moved_is_followed_and_the_token_stays_with_its_host(tmp_path):
    with (
        GitHost(tmp_path / "other") as other,
        GitHost(tmp_path / "served", token="s3cret-1") as host,
    ):
        make_repository(other.root / "new/place", {"a.py": "moved\n"})
        host.redirects["/r"] = f"{other.url}/new/place"
        with snapshot(host, "r", tmp_path, token="s3cret-1", allow=[other.netloc]) as snap:
            assert texts(snap)[0] == {"a.py": "moved\n"}
        assert any(authorization for _, authorization in host.seen)
        assert {authorization for _, authorization in other.seen} == {""}


def test_a_repository_that_was_renamed_at_its_host_is_read_with_the_same_token(tmp_path):
    with GitHost(tmp_path / "served", token="s3cret-1") as host:
        make_repository(host.root / "team/new", {"a.py": "renamed\n"})
        host.redirects["/team/old"] = "/team/new"
        with snapshot(host, "team/old", tmp_path, token="s3cret-1") as snap:
            assert texts(snap)[0] == {"a.py": "renamed\n"}


def test_moving_in_circles_ends(host, tmp_path):
    host.redirects |= {"/a": "/b", "/b": "/a"}
    with pytest.raises(Moved), snapshot(host, "a", tmp_path):
        pass


def test_a_certificate_authority_of_ones_own_is_trusted_when_set_and_only_then(tmp_path):
    with GitHost(tmp_path / "served", tls=True) as host:
        commit = make_repository(host.root / "team/tool", {"a.py": "x\n"})
        host.redirects["/old"] = f"{host.url}/team/tool"
        for name in ("team/tool", "old"):
            with snapshot(host, name, tmp_path, ca_file=host.ca_file) as snap:
                assert snap.commit == commit
        with pytest.raises(Unreachable), snapshot(host, "team/tool", tmp_path):
            pass


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(host, tmp_path):
    make_repository(host.root / "r", {"a.py": "x\n"})
    left = tmp_path / "work" / "fetch-left"
    left.mkdir(parents=True)
    (left / "in-use").touch()
    (left / "pack").write_bytes(b"x" * 1000)
    with snapshot(host, "r", tmp_path) as one, snapshot(host, "r", tmp_path) as two:
        assert not left.exists()
        assert texts(one)[0] == texts(two)[0] == {"a.py": "x\n"}


def test_the_remote_tells_its_commit_without_being_fetched(host, tmp_path):
    first = make_repository(host.root / "r", {"a.py": "x\n"})
    run_git(host.root / "r", "tag", "-a", "v1", "-m", "one")
    second = make_repository(host.root / "r", {"a.py": "y\n"})
    limits = FetchLimits(allow=[host.netloc])
    address = parse_address(f"{host.url}/r", "git")
    for revision, commit in {
        "": second,
        "main": second,
        "v1": first,
        first: first,
        "gone": "",
    }.items():
        assert remote_commit(Source(address, limits, tmp_path / "work", revision)) == commit


def test_a_git_bomb_costs_little(host, tmp_path):
    root = host.root / "bomb"
    make_repository(root, {"a.py": "x = 1\n"})
    tree = run_git(root, "rev-parse", "HEAD^{tree}")
    for _ in range(5):
        lines = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        tree = run_git(root, "mktree", data=lines.encode())
    commit = run_git(root, "commit-tree", tree, "-m", "bomb")
    run_git(root, "update-ref", "refs/heads/main", commit)
    with snapshot(host, "bomb", tmp_path) as snap:
        assert len(snap.entries) == 100_000
        skipped = Skipped()
        assert len(select(snap.entries, Limits(), skipped)) == 20_000
        assert skipped.counts["over the repository limit"] == 80_000


def test_a_tarpit_is_given_up_and_nothing_of_git_is_left(host, tmp_path):
    git = GitProcesses()

    def cancelled():
        git.look()
        return False

    with (
        pytest.raises(Unreachable),
        snapshot(host, "tarpit/r", tmp_path, seconds=2, cancelled=cancelled),
    ):
        pass
    assert host.trickled < TARPIT_BYTES
    assert {"git", "git-remote-http"} <= set(git.seen.values())
    assert git.left() == []


def test_cancelling_kills_git_and_its_helper(host, tmp_path):
    git = GitProcesses()
    with (
        pytest.raises(InterruptedError),
        snapshot(host, "tarpit/r", tmp_path, cancelled=lambda: "git-remote-http" in git.look()),
    ):
        pass
    assert host.trickled < TARPIT_BYTES
    assert {"git", "git-remote-http"} <= set(git.seen.values())
    assert git.left() == []


def test_a_repository_over_the_size_limit_is_refused(host, tmp_path):
    make_repository(host.root / "big", {"a.bin": os.urandom(8_000_000)})
    with pytest.raises(SourceError) as caught, snapshot(host, "big", tmp_path, megabytes=1):
        pass
    assert "large" in str(caught.value)


def test_links_submodules_hooks_filters_and_git_folders_are_only_data(host, tmp_path):
    root = host.root / "evil"
    marker = tmp_path / "ran"
    make_repository(
        root,
        {
            "good.py": "x = 1\n",
            ".gitattributes": "*.py filter=evil\n",
            ".gitmodules": f'[submodule "s"]\n path = s\n url = ext::sh -c "touch {marker}"\n',
        },
    )
    blob = run_git(root, "hash-object", "-w", "--stdin", data=b"/etc/passwd")
    commit = run_git(root, "rev-parse", "HEAD")
    run_git(root, "update-index", "--add", "--cacheinfo", f"120000,{blob},link.py")
    run_git(root, "update-index", "--add", "--cacheinfo", f"160000,{commit},s")
    run_git(root, "commit", "-q", "-m", "evil")
    with snapshot(host, "evil", tmp_path) as snap:
        found, skipped = texts(snap)
    assert set(found) == {"good.py", ".gitattributes", ".gitmodules"}
    assert skipped.counts["link"] == 1
    assert skipped.counts["submodule"] == 1
    assert not marker.exists()


def test_a_branch_that_looks_like_an_option_is_data(host, tmp_path):
    root = host.root / "r"
    commit = make_repository(root, {"a.py": "x\n"})
    (root / ".git/refs/heads/--upload-pack=touch").write_text(commit + "\n")
    (root / ".git/HEAD").write_text("ref: refs/heads/--upload-pack=touch\n")
    with snapshot(host, "r", tmp_path) as snap:
        assert snap.commit == commit


def test_odd_names_and_contents_are_read_or_skipped_without_harm(host, tmp_path):
    root = host.root / "odd"
    make_repository(
        root,
        {
            "latin.py": "grüße = 1\n".encode("latin-1"),
            "utf16.txt": "hello".encode("utf-16"),
            "nul.py": b"a\x00b",
            "<img src=x>.md": "# x\n",
            "a\nb.py": "x = 1\n",
            "deep/" * 60 + "x.py": "x = 1\n",
            "long.js": "var a=1;" * 20_000,
            "lines.txt": "x\n" * 100_000,
            ".env": "KEY=1\n",
            "id_rsa": "secret",
            "empty.py": "",
            "zeros.dat": b"\0" * 100_000,
            b"bad\xff.py".decode("utf-8", "surrogateescape"): "y = 1\n",
        },
    )
    with snapshot(host, "odd", tmp_path) as snap:
        found, skipped = texts(snap)
    assert "grüße" in found["latin.py"]
    assert found["utf16.txt"] == "hello"
    assert "a\nb.py" in found
    assert skipped.counts["secret"] == 2
    assert {"nul.py", ".env", "id_rsa", "long.js", "empty.py"}.isdisjoint(found)


def test_a_local_checkout_is_read_as_it_lies_there_but_a_named_branch_from_git(tmp_path):
    root = tmp_path / "local"
    commit = make_repository(root, {"a.py": "committed\n", ".gitignore": "build.log\nsecret/\n"})
    (root / "a.py").write_text("edited\n")
    (root / "build.log").write_text("noise\n")
    (root / "secret").mkdir()
    (root / "secret/x.py").write_text("x\n")
    (root / "link").symlink_to("/etc")
    (root / "loop").symlink_to(root)
    address = parse_address(str(root), "local")
    with open_snapshot(Source(address, FetchLimits(), tmp_path / "work")) as snap:
        found, skipped = texts(snap)
        assert found == {"a.py": "edited\n", ".gitignore": "build.log\nsecret/\n"}
    with open_snapshot(Source(address, FetchLimits(), tmp_path / "work", "main")) as snap:
        assert snap.commit == commit
        assert texts(snap)[0]["a.py"] == "committed\n"


def test_a_host_that_sends_one_spelling_to_the_other_says_not_found_and_never_moved(host, tmp_path):
    host.redirects["/team/gone/info"] = "/team/gone.git/info"
    with pytest.raises(NotFound), snapshot(host, "team/gone", tmp_path):
        pass


def test_and_so_it_is_the_other_way_round(host, tmp_path):
    host.redirects["/team/gone.git/info"] = "/team/gone/info"
    with pytest.raises(NotFound), snapshot(host, "team/gone", tmp_path):
        pass


def test_a_move_is_followed_whichever_spelling_tells_of_it(host, tmp_path):
    make_repository(host.root / "team/new", {"a.py": "x\n"})
    host.redirects["/team/old/info"] = "/team/new/info"
    with snapshot(host, "team/old", tmp_path) as snap:
        assert texts(snap)[0] == {"a.py": "x\n"}


def test_a_move_behind_a_proxy_is_asked_for_encrypted_to_the_host(tmp_path):
    """A proxy that listens: what comes after CONNECT must be TLS, whatever token is under way."""
    from repos.sources.network_policy import PinnedHost
    from repos.sources.redirects import moved_to
    from repos.sources.remote import Remote

    heard = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def serve():
            connection, _ = proxy.accept()
            heard.append(connection.recv(4_000))
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            heard.append(connection.recv(4_000))
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        address = parse_address("https://git.example.org/a/b")
        way = f"http://us%40er:pass@127.0.0.1:{proxy.getsockname()[1]}"
        remote = Remote(address, PinnedHost(address.hostname, 443, ()), "s3cret-token-1", proxy=way)
        with pytest.raises(OSError, match="did not answer"):
            moved_to(remote)
        thread.join(10)
    assert heard[0].startswith(b"CONNECT git.example.org:443")
    assert b"Proxy-Authorization: Basic dXNAZXI6cGFzcw==" in heard[0]
    assert heard[1][:1] == b"\x16"  # a TLS handshake record
    assert b"s3cret" not in b"".join(heard)


def test_a_host_that_answers_a_byte_at_a_time_is_given_up(monkeypatch):
    from repos.sources import redirects
    from repos.sources.network_policy import PinnedHost
    from repos.sources.remote import Remote

    monkeypatch.setattr(redirects, "TOTAL_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(4_000)
                try:
                    while True:  # never a whole header
                        connection.sendall(b"H")
                        time.sleep(0.05)
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        address = parse_address(f"http://slow.example.org:{port}/a/b")
        with pytest.raises(OSError, match="did not answer"):
            redirects.moved_to(Remote(address, PinnedHost(address.hostname, port, ("127.0.0.1",))))
        thread.join(30)
        assert not thread.is_alive()


def test_a_certificate_of_another_name_is_refused_where_a_move_is_asked_for(tmp_path):
    from repos.sources.network_policy import PinnedHost
    from repos.sources.redirects import moved_to
    from repos.sources.remote import Remote

    with GitHost(tmp_path / "served", tls=True) as host:
        host.redirects["/old"] = f"{host.url}/team/tool"
        port = int(host.url.rpartition(":")[2])
        for name, moved in {"localhost": True, "other.example.org": False}.items():
            address = parse_address(f"https://{name}:{port}/old")
            remote = Remote(
                address, PinnedHost(name, port, ("127.0.0.1",)), "s3cret-1", ca_file=host.ca_file
            )
            if moved:
                assert moved_to(remote).url == f"{host.url}/team/tool"
            else:
                with pytest.raises(OSError, match="did not answer"):
                    moved_to(remote)
        assert len(host.seen) == 1


def test_the_commits_between_two_states_are_counted_without_their_files(host, tmp_path):
    first = make_repository(host.root / "r", {"a.py": "x\n"})
    run_git(host.root / "r", "config", "uploadpack.allowFilter", "true")
    make_repository(host.root / "r", {"a.py": "y\n"})
    third = make_repository(host.root / "r", {"a.py": "z\n"})
    limits = FetchLimits(allow=[host.netloc])
    source = Source(parse_address(f"{host.url}/r", "git"), limits, tmp_path / "work")
    assert commits_between(source, first, third) == 2
    assert commits_between(source, third, first) is None
    assert commits_between(source, "f" * 40, third) is None
    assert commits_between(source, "folder-0123", third) is None
    assert (
        commits_between(
            Source(parse_address(str(host.root / "r"), "local"), limits, tmp_path / "work"),
            first,
            third,
        )
        == 2
    )
    assert list((tmp_path / "work").iterdir()) == []
