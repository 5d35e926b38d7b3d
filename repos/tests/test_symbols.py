"""What the queries find in small files of each language."""

import pytest

from repos.indexing import parse
from repos.indexing.symbols import places


def symbols(path, text):
    return parse(path, text).symbols


def defined(path, text):
    found = symbols(path, text).definitions
    return [(f"{d.scope}.{d.name}".lstrip("."), d.kind, d.start, d.end) for d in found]


def kinds(path, text):
    """The names that a file uses, with the letters of the kinds."""
    found = symbols(path, text).references
    return {name: {kind.name for _, kind in places(packed)} for name, packed in found.items()}


def imported(path, text):
    return [(name.module, name.name, name.alias) for name in symbols(path, text).imports]


PYTHON = '''"""Mod."""
import os, a.b as c
from ..models import Thing as T, Other
from .x import *
LIMIT = 3
class Shop(Base, models.Model):
    """Sells.

    Much."""
    name = CharField(max_length=3)
    # opens it
    @registered(3)
    def open(self, door: Door, *args) -> list[Key]:
        key = door.key(LIMIT)
        return self._run(key, T)
'''


def test_python_definitions():
    assert defined("a.py", PYTHON) == [
        ("LIMIT", "constant", 5, 5),
        ("Shop", "class", 6, 15),
        ("Shop.name", "field", 10, 10),
        ("Shop.open", "method", 13, 15),
    ]


def test_python_references():
    found = kinds("a.py", PYTHON)
    assert found["Base"] == found["Model"] == {"INHERIT"}
    assert found["registered"] == {"DECORATE"}
    assert found["Door"] == found["Key"] == {"TYPE"}
    assert found["_run"] == found["CharField"] == {"CALL"}
    assert found["Other"] == {"IMPORT"}
    assert found["LIMIT"] == {"READ"}
    assert not {"self", "args", "max_length", "Shop", "open"} & found.keys()


def test_python_imports():
    assert imported("a.py", PYTHON) == [
        ("os", "", ""),
        ("a.b", "", "c"),
        ("..models", "Thing", "T"),
        ("..models", "Other", ""),
        (".x", "*", ""),
    ]


def test_heads_and_comments_are_on_one_line():
    shop = symbols("a.py", PYTHON).definitions
    assert shop[1].signature == "class Shop(Base, models.Model)"
    assert [d.comment for d in shop] == ["", "Sells.", "", "opens it"]
    assert shop[3].signature == "def open(self, door: Door, *args) -> list[Key]"


TSX = """import React, { useState as us, memo } from 'react';
import * as path from './path';
export * from './all';
const { q } = require('@/lib/q');
/** A shop.
 * yes */
export class Shop<T> extends Base<T> implements Sells {
  private key: string = '';
  // opens it
  open(door: Door): Key { return this.run(door.key(LIMIT)); }
}
export interface Sells { sell(x: number): void }
export const App = ({ x }: Props) => <Shop x={x} onClick={() => us(3)} />;
type Id = string; enum Size { A }
"""


@pytest.mark.parametrize("path", ["a.tsx", "a.ts"])
def test_typescript_definitions(path):
    text = (
        TSX if path.endswith("x") else TSX.replace("<Shop x={x} onClick={() => us(3)} />", "us(3)")
    )
    assert defined(path, text) == [
        ("Shop", "class", 7, 11),
        ("Shop.key", "field", 8, 8),
        ("Shop.open", "method", 10, 10),
        ("Sells", "interface", 12, 12),
        ("Sells.sell", "method", 12, 12),
        ("App", "function", 13, 13),
        ("Id", "type", 14, 14),
        ("Size", "enum", 14, 14),
    ]
    assert [d.comment for d in symbols(path, text).definitions][:3] == ["A shop.", "", "opens it"]


def test_typescript_references_and_imports():
    found = kinds("a.tsx", TSX)
    assert found["Sells"] == found["Base"] == {"INHERIT"}
    assert found["Door"] == found["Props"] == {"TYPE"}
    assert found["Shop"] == found["run"] == {"CALL"}
    assert found["us"] == {"READ", "CALL"}
    assert imported("a.tsx", TSX) == [
        ("react", "", ""),
        ("react", "default", "React"),
        ("react", "memo", ""),
        ("react", "useState", "us"),
        ("./path", "", ""),
        ("./path", "", "path"),
        ("./all", "*", ""),
        ("@/lib/q", "q", ""),
        ("@/lib/q", "", ""),
    ]


JAVASCRIPT = """const lib = require('./lib');
class Cart extends Basket { #total = 0; add(item) { return this.sum(item); } }
function pay(cart) { return lib.charge(new Card(cart)); }
exports.refund = function (cart) { return <Row cart={cart} />; };
export default pay;
"""


def test_javascript():
    assert defined("a.js", JAVASCRIPT) == [
        ("lib", "constant", 1, 1),
        ("Cart", "class", 2, 2),
        ("Cart.add", "method", 2, 2),
        ("pay", "function", 3, 3),
        ("refund", "function", 4, 4),
    ]
    found = kinds("a.jsx", JAVASCRIPT)
    assert found["Basket"] == {"INHERIT"}
    assert found["charge"] == found["Card"] == found["Row"] == found["sum"] == {"CALL"}
    assert "item" not in found and "cart" not in found
