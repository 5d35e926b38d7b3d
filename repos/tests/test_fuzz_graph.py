"""Random programs of each language: their symbols, artifacts, modules and edges are bounded."""

import json
import math
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repos.graph.edges import MAX_EDGES, LinkedTree, LinkingFile
from repos.graph.linker import imports_of
from repos.graph.name_keys import name_key
from repos.graph.packing import pack
from repos.graph.writer import stored_imports
from repos.indexing import language_of, parse, parse_by_words
from repos.indexing.artifacts import MAX_ARTIFACTS, MAX_NAME_CHARS, MAX_TARGET_CHARS
from repos.indexing.modules import MANIFEST_NAMES, PathTable, files_of, read_manifests
from repos.indexing.modules.paths import MAX_MATCHES
from repos.indexing.symbols import ARTIFACT_KINDS, KINDS, ImportedName, from_message, to_message
from repos.indexing.symbols import MAX_NAME_CHARS as MAX_SYMBOL_CHARS

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(600)]

INDEX = 7
HANG_SECONDS = 30
PROGRAMS = {
    "py": "class A(B):|def A(B, c=C):|    return A.B(C)|from A.B import C as D|from . import *|import A"
    "|@A.B('/c')|A = os.environ['B']|urlpatterns = [path('A', B), include('C')]|if __name__ == '__main__':|    A()",
    "js": "class A extends B {|function A(B) {|}|import A, { B as C } from './D';|export * from '../A';"
    "|app.get('/A', B);|process.env.A|const A = require('B');|A.B(C);|(",
    "ts": "interface A extends B {|type A = B<C>;|}|@A('B')|import type { A } from '@/B';|enum A { B }|export const A: B = C;",
    "tsx": "const A = () => <B c={C}><D/></B>;|<A>|</A>|import A from './B';",
    "go": 'package A|import ("x/A"; B "y/C")|func (a *A) B(c C) D {|}|type A struct {|A.GET("/b", C)|var A = os.Getenv("B")',
    "rs": 'mod A;|use crate::A::{B, C as D};|impl A for B {|fn A<T: B>() {|}|struct A;|trait A: B {}|#[get("/A")]|A!(B);',
    "java": 'package a.A;|import a.A.B;|import static a.A.*;|@A("B")|@GetMapping("/A")|class A extends B implements C {|void A(B c) {|}',
    "kt": "package a.A|import a.B as C|class A(val b: B) : C() {|fun A.B(c: C) = D(c)|}|object A|@A",
    "c": '#include "A.h"|#define A(B) C|struct A {|int A(B *c) {|};|}|typedef A B;|int main(void) {',
    "cpp": "namespace A {|template <class A> class B : public C {|A::B() {}|using A = B;|};|}|#include <A/B.hpp>",
    "cs": 'using A.B;|namespace A {|[Route("A")]|class A : B {|public A B(C c) => D(c);|}|record A(B C);',
    "rb": "module A|class A < B|def A(b)|end|require_relative 'A'|include A|A::B.new(:c)|get '/A', to: 'B#c'",
    "php": "<?php|namespace A\\B;|use A\\{B, C as D};|class A extends B {|function A(B $c) {|}|Route::get('A', [B::class, 'C']);",
    "swift": "import A|class A: B {|func A(b: B) -> C {|}|extension A {|protocol A {}|@main",
    "scala": "package A|import A.{B, C => D}|import A._|class A(b: B) extends C {|def A(b: B) = C(b)|}|object A",
    "sh": 'A() {|}|source ./B.sh|A "$B"|if A; then|fi|export A=B|<<A',
    "sql": "CREATE TABLE A (B int);|create view A as select B from C;|SELECT A.B FROM A|create function A() returns B as $$",
    "lua": "function A.B(c)|end|local A = require('B')|local function A()",
    "yml": "jobs:|  A:|    run: B|services:|openapi: 3.0|  /A:|    get:|- A: B",
    "toml": '[A]|A = "B:C"|[[bin]]|name = "A"|[project.scripts]',
    "md": "# A|## B|```py|A|```|[A](B.py)",
}
NAMES = st.sampled_from(
    ["alpha", "Beta", "gamma_x", "é蓝", "_d", "n" * 250, "$x", "models", "index"]
)
JUNK = st.text(alphabet=string.printable + "é蓝🧩\x00\ud83d", max_size=30)


@st.composite
def programs(draw, suffix):
    """Lines of a language with names put in, some of them damaged."""
    lines = draw(st.lists(st.sampled_from(PROGRAMS[suffix].split("|")), max_size=25))
    names = {letter: draw(NAMES) for letter in "ABCD"}
    text = "\n".join(" " * draw(st.integers(0, 6)) + line for line in lines)
    for letter, name in names.items():
        text = text.replace(letter, name)
    cut = draw(st.integers(0, len(text)))
    return text[:cut] + draw(JUNK) + text[cut + draw(st.integers(0, 9)) :]


def bounded(symbols, text):
    """Checks what any file's symbols must be."""
    last = text.count("\n") + 1
    for number, one in enumerate(symbols.definitions):
        assert one.kind in KINDS and 1 <= one.start <= one.end <= last
        assert 0 < len(one.name) <= MAX_SYMBOL_CHARS and -1 <= one.parent < number
    for name, places in symbols.references.items():
        assert len(name) <= MAX_SYMBOL_CHARS and list(places) == sorted(set(places))
    for one in symbols.artifacts:
        assert one.kind in ARTIFACT_KINDS and 1 <= one.line <= last
        assert 0 < len(one.name) <= MAX_NAME_CHARS and len(one.target) <= MAX_TARGET_CHARS
    assert len(symbols.artifacts) <= MAX_ARTIFACTS
    return symbols


@pytest.mark.parametrize("suffix", PROGRAMS)
@given(st.data())
def test_symbols_of_any_program_are_bounded_and_travel_between_processes(suffix, data):
    text = data.draw(programs(suffix))
    began = time.process_time()
    for find in (parse, parse_by_words):
        symbols = bounded(find(f"src/models.{suffix}", text).symbols, text)
        assert from_message(json.loads(json.dumps(to_message(symbols)))) == symbols
    assert time.process_time() - began < HANG_SECONDS


PATHS = st.sampled_from(
    [
        f"{folder}{stem}.{suffix}"
        for folder in ("", "src/", "src/models/", "tests/")
        for stem in ("alpha", "Beta", "index", "__init__", "test_alpha")
        for suffix in PROGRAMS
    ]
)


@st.composite
def trees(draw):
    """Files of several languages by path."""
    paths = draw(st.lists(PATHS, min_size=1, max_size=5, unique=True))
    return {path: draw(programs(path.rpartition(".")[2])) for path in paths}


@given(trees())
def test_edges_of_any_tree_lead_to_its_files_and_have_weights(tree):
    symbols = {path: parse(path, text).symbols for path, text in tree.items()}
    definers = {}
    for path, one in symbols.items():
        for name in {definition.name for definition in one.definitions}:
            definers.setdefault(name_key(INDEX, name), []).append(path)
    files = [linking(number, path, one) for number, (path, one) in enumerate(symbols.items())]
    imports = {file.path: (file.language, file.imports) for file in files}
    linked = LinkedTree(INDEX, PathTable(tree), definers, imports)
    for file in files:
        edges = linked.edges_of(file)
        assert set(edges.weights) == set(edges.kinds) <= tree.keys() - {file.path}
        assert all(weight > 0 and math.isfinite(weight) for weight in edges.weights.values())
        assert set(edges.bindings.values()) <= tree.keys()
        assert len(edges.strongest()) <= MAX_EDGES


def linking(number, path, symbols):
    """A file as the linker reads it from the database."""
    keys = [name_key(INDEX, name) for name in symbols.references]
    places = list(map(pack, symbols.references.values()))
    imports = imports_of(stored_imports(symbols))
    assert len(imports) == len(symbols.imports)
    return LinkingFile(number, path, language_of(path), "code", keys, places, imports)


MODULES = st.one_of(st.text(max_size=60), st.text(alphabet="./\\:@*~ab-_<>\"'", max_size=30))


@given(st.lists(MODULES.filter(bool), max_size=12), MODULES, MODULES, MODULES)
def test_what_any_import_means_is_in_the_tree_and_few(paths, source, module, name):
    table = PathTable(paths)
    read_manifests(table, dict.fromkeys(MANIFEST_NAMES, f'{{"name": "{name}"}} module {module}'))
    for language in ("python", "typescript", "go", "java", "php", "csharp", "rust", "c", "ruby"):
        found = files_of(table, language, source, ImportedName(1, module, name))
        assert set(found) <= set(paths) and source not in found
        assert len(found) <= MAX_MATCHES * MAX_MATCHES
