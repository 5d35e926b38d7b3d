"""Of the path of a module only what is imported of it is a use: its parts are no reads."""

import pytest

from repos.indexing import parse
from repos.indexing.symbols import places

LINES = [
    ("a.py", "import alpha.beta", "alpha:IMPORT beta:IMPORT"),
    ("a.py", "from alpha.beta import gamma", "gamma:IMPORT"),
    ("a.py", "from ..alpha.beta import gamma as delta", "gamma:IMPORT delta:READ"),
    ("a.py", "from .alpha import *", ""),
    ("a.py", "from __future__ import annotations", ""),
    ("a.js", "import { alpha, beta as gamma } from 'p/q';", "alpha:IMPORT beta:IMPORT gamma:READ"),
    ("a.js", "export * from 'p/q';", ""),
    ("a.ts", "import type { Alpha } from '@/p/q';", "Alpha:IMPORT"),
    ("a.ts", "import alpha = require('p/q');", "alpha:IMPORT"),
    ("a.ts", "import beta = alpha.gamma.delta;", "beta:READ delta:IMPORT"),
    ("a.ts", "declare module alpha.beta {}", ""),
    ("a.tsx", "import { Alpha } from '../p/q';", "Alpha:IMPORT"),
    ("a.go", 'package alpha\nimport "p/alpha"', ""),
    ("a.go", 'package alpha\nimport beta "p/alpha"', ""),
    ("a.rs", "use alpha;", "alpha:IMPORT"),
    ("a.rs", "use crate::alpha::beta::Gamma;", "Gamma:IMPORT"),
    ("a.rs", "use alpha::beta::Gamma as Delta;", "Gamma:IMPORT Delta:READ"),
    ("a.rs", "use alpha::{beta::Gamma, self};", "Gamma:IMPORT alpha:IMPORT"),
    ("a.rs", "use p::alpha::{beta::{Gamma, delta::*}};", "Gamma:IMPORT delta:IMPORT"),
    ("a.rs", "use alpha::{beta::Gamma as Delta};", "Gamma:IMPORT Delta:READ"),
    ("a.rs", "use alpha::Beta::*;", "Beta:IMPORT"),
    ("a.rs", "extern crate alpha;", "alpha:IMPORT"),
    ("a.rs", "mod alpha;", "alpha:IMPORT"),
    ("a.rs", "pub(in alpha::beta) struct Gamma;", ""),
    ("A.java", "package alpha;", ""),
    ("A.java", "package alpha.beta.gamma;", ""),
    ("A.java", "import Alpha;", "Alpha:IMPORT"),
    ("A.java", "import alpha.beta.Gamma;", "Gamma:IMPORT"),
    ("A.java", "import static alpha.beta.Gamma.delta;", "Gamma:IMPORT delta:IMPORT"),
    ("A.java", "import static alpha.beta.Gamma.*;", "Gamma:IMPORT"),
    ("A.java", "import alpha.beta.*;", "beta:IMPORT"),
    ("module-info.java", "module alpha.beta { exports alpha.beta to gamma.delta; }", ""),
    ("module-info.java", "module alpha { requires beta.gamma; opens alpha.p; }", ""),
    ("module-info.java", "module alpha { uses beta.Gamma; }", "Gamma:TYPE"),
    ("module-info.java", "module alpha { provides p.Beta with p.Gamma; }", "Beta:TYPE Gamma:TYPE"),
    ("a.kt", "package alpha.beta", ""),
    ("a.kt", "import alpha.beta.Gamma", "Gamma:IMPORT"),
    ("a.kt", "import alpha.beta.Gamma as Delta", "Gamma:IMPORT Delta:READ"),
    ("a.kt", "import alpha.beta.*", "beta:IMPORT"),
    ("a.cs", "namespace Alpha.Beta.Gamma { }", ""),
    ("a.cs", "namespace Alpha;", ""),
    ("a.cs", "namespace Alpha.Beta.Gamma;", ""),
    ("a.cs", "using Alpha;", "Alpha:IMPORT"),
    ("a.cs", "using static Alpha.Beta.Gamma;", "Gamma:IMPORT"),
    ("a.cs", "using Delta = Alpha.Beta.Gamma;", "Gamma:IMPORT"),
    ("a.cs", "using Delta = Alpha.Beta.Gamma<Eta>;", "Gamma:TYPE Eta:TYPE"),
    ("a.cs", "extern alias Alpha;", "Alpha:IMPORT"),
    ("a.php", "<?php namespace Alpha\\Beta;", ""),
    ("a.php", "<?php use Alpha\\Beta\\Gamma as Delta;", "Gamma:IMPORT Delta:IMPORT"),
    ("a.php", "<?php use Alpha\\{Beta\\Gamma, Delta};", "Gamma:IMPORT Delta:IMPORT"),
    ("a.php", "<?php use function Alpha\\Beta\\gamma;", "gamma:IMPORT"),
    ("a.php", "<?php new \\Alpha\\Beta\\Gamma();", "Gamma:CALL"),
    ("a.php", "<?php Alpha\\Beta\\gamma();", "gamma:CALL"),
    ("a.swift", "import Alpha.Beta", "Alpha:IMPORT Beta:IMPORT"),
    ("a.scala", "package alpha.beta", ""),
    ("a.scala", "package object alpha { }", ""),
    ("a.scala", "import alpha.beta.Gamma", "Gamma:IMPORT"),
    ("a.scala", "import alpha.beta.{Gamma, Delta => Eta}", "Gamma:IMPORT Delta:IMPORT Eta:READ"),
    ("a.scala", "import alpha.{Gamma as Delta}", "Gamma:IMPORT Delta:READ"),
    ("a.scala", "import alpha.beta._", "beta:IMPORT"),
    ("a.scala", "export alpha.beta.Gamma", "Gamma:IMPORT"),
    ("a.scala", "export alpha.beta.*", "beta:IMPORT"),
    ("a.cpp", "using alpha::Gamma;", "Gamma:IMPORT"),
    ("a.cpp", "using alpha::beta::Gamma;", "Gamma:IMPORT"),
    ("a.cpp", "using alpha::beta::p::Gamma;", "Gamma:IMPORT"),
    ("a.cpp", "using namespace alpha::beta;", "beta:IMPORT"),
    ("a.cpp", '#include "alpha/beta.h"', ""),
    ("a.rb", "require 'alpha/beta'", "require:CALL"),
    ("a.sh", "source ./alpha/beta.sh", "source:CALL"),
]


def uses(path, text):
    found = parse(path, text + "\n").symbols.references
    return {f"{name}:{kind.name}" for name, packed in found.items() for _, kind in places(packed)}


@pytest.mark.parametrize(("path", "line", "expected"), LINES)
def test_what_a_line_with_a_path_of_modules_uses(path, line, expected):
    assert uses(path, line) == set(expected.split())


IMPORTS = [
    ("a.scala", "import alpha.beta.Gamma", ("alpha.beta.Gamma", "Gamma", "")),
    ("a.scala", "import alpha.beta as gamma", ("alpha", "beta", "gamma")),
    ("a.scala", "import alpha.p.{beta as gamma}", ("alpha.p", "beta", "gamma")),
    ("a.ts", "import alpha = require('p/q');", ("p/q", "", "alpha")),
]


@pytest.mark.parametrize(("path", "line", "expected"), IMPORTS)
def test_imports_of_rarer_forms_are_known(path, line, expected):
    (found,) = parse(path, line + "\n").symbols.imports
    assert (found.module, found.name, found.alias) == expected


def test_names_of_an_import_are_read_behind_it():
    text = "from shop.models import Order\nimport shop\nshop.models.sell(models)\n"
    found = parse("a.py", text).symbols.references
    assert {name: [(line, kind.name) for line, kind in places(found[name])] for name in found} == {
        "Order": [(1, "IMPORT")],
        "shop": [(2, "IMPORT"), (3, "READ")],
        "models": [(3, "READ")],
        "sell": [(3, "CALL")],
    }
