"""Code bases for tests of plans: files by path, links by name."""

from deepwiki.wiki.plan import CodeBase, FileArtifact, FileLink, LinkKind, PlannedFile


def code_base(files, links=(), artifacts=(), name="shop/pocket"):
    """`files` are paths of code, or paths with changes of their file."""
    known = files if isinstance(files, dict) else dict.fromkeys(files)
    made = {path: _file(path, **(changes or {})) for path, changes in known.items()}
    edges = [
        FileLink(source, target, LinkKind.IMPORT | LinkKind.CALL, 2.0) for source, target in links
    ]
    return CodeBase(name, "c" * 40, made, edges, [FileArtifact(*each) for each in artifacts])


def _file(path, language="python", role="code", lines=100, rank=1.0, in_degree=0, size=3_000):
    return PlannedFile(path, language, role, lines, rank, in_degree, size)


def two_areas(count=12):
    """Two folders whose files use each other, each with a test."""
    files, links = {}, []
    for area in ("cart", "mail"):
        paths = [f"shop/{area}/{area}_{number}.py" for number in range(count)]
        files |= {path: {"rank": 2.0 - number / 100} for number, path in enumerate(paths)}
        links += [(path, paths[0]) for path in paths[1:]]
        files[f"tests/test_{area}.py"] = {"role": "test"}
        links.append((f"tests/test_{area}.py", paths[0]))
    return code_base(files, links)
