"""What is embedded of a chunk: definitions and their comments, or its beginning."""

import hashlib

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.embedders.multilingual_use import MultilingualUSE
from repos.indexing.compact_text import MAX_CHARS, compact_text

PYTHON = '''
class Basket:
    """Holds what a customer chose.

    Its order is that of choosing, and it is emptied when the customer has paid.
    """

    total = 0

    @cached
    # Money is counted in cents.
    async def discount(
        self, percent: int
    ) -> int:
        r"""Lower the total by a share."""
        if percent > 100:
            raise ValueError("too much")
        return self.total * percent // 100
'''
JAVA = """
/**
 * Finds the handler of a request.
 * @param request what came
 */
@Override
public final Handler lookup(Request request) throws IOException {
    for (Handler handler : handlers) {
        if (handler.matches(request)) {
            return handler;
        }
    }
    return null;
}
"""


def body(text, role="code", path="shop/basket.py", symbol=""):
    head, _, rest = compact_text(path, symbol, role, text).partition("\n")
    assert head == f"{path} {symbol}".strip()
    return rest.split("\n")


def test_definitions_stand_with_two_lines_of_docstring_or_comment():
    assert body(PYTHON, symbol="Basket") == [
        "class Basket:",
        "Holds what a customer chose.",
        "Its order is that of choosing, and it is emptied when the customer has paid.",
        "async def discount(",
        "Lower the total by a share.",
    ]


def test_the_comment_before_a_definition_is_read_past_its_decorators():
    assert body(JAVA, path="Lookup.java") == [
        "public final Handler lookup(Request request) throws IOException {",
        "Finds the handler of a request.",
        "@param request what came",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "def apply(self, order):",
        "pub(crate) async fn apply<T>(order: &T) -> bool {",
        "func (b *Basket) Apply(order Order) error {",
        "export default class Basket extends Store {",
        "export const apply = async (order) => {",
        "Basket.prototype.apply = function (order) {",
        "static inline int apply(struct order *order, int flags) {",
        "public Map<String, List<Order>> apply(Order order) {",
        "impl<T> Basket for Store<T> {",
        "CREATE OR REPLACE FUNCTION apply(order_id int)",
        "data class Basket(val total: Int)",
        "apply_discount() {",
        "interface Basket {",
        "module Shop",
        "protocol Applies {",
    ],
)
def test_definitions_are_known_in_many_languages(line):
    text = f"first = 1\n// {'What it does is said here. ' * 4}\n{line}\n    rest\n"
    assert body(text)[0] == line


@pytest.mark.parametrize(
    "line",
    [
        "if (total > 0) {",
        "return apply(order)",
        "} else if (x) {",
        "total = apply(order)",
        "for (;;) {",
    ],
)
def test_statements_are_no_definitions(line):
    text = f"    {line}\n" * 20
    assert body(text) == text[:200].split("\n")


def test_a_chunk_that_defines_little_gives_its_first_200_characters():
    text = "def f():\n    return 1\n" + "value = 2\n" * 100
    assert "\n".join(body(text)) == text[:200]


def test_a_document_gives_its_first_300_characters():
    text = "class Basket is described here, at length.\n" * 20
    assert "\n".join(body(text, role="docs")) == text[:300]


def test_a_text_is_bounded_whatever_its_lines_and_its_path_are():
    text = f"def f({'a, ' * 400}):\n" * 3
    assert len(compact_text("p/" * 500, "s" * 300, "code", text)) <= MAX_CHARS
    assert len(compact_text("p/" * 500, "s" * 300, "docs", text)) <= 160 + 1 + 300


@pytest.mark.parametrize(
    "unit", ["def f():\n", "# comment\n", '"""\n', "a(", " ", "pub " * 9, "@x\n", "x=>(", "}{"]
)
def test_time_grows_with_the_length_of_a_text(unit):
    assert growth(lambda size: compact_text("a.py", "", "code", unit * size), 20_000) < LINEAR


def test_another_compact_text_means_another_key_of_the_embedder():
    """Stored vectors follow these texts: change the version in the key with the digest."""
    texts = [
        compact_text("a/b.py", "Basket", role, text)
        for role in ("code", "docs")
        for text in (PYTHON, JAVA, "total = 1\n" * 50)
    ]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
    assert (MultilingualUSE.key, digest) == ("local/use-multilingual-v3/compact-1", "ef6d089d3268")
