"""Names of definitions in tree-sitter syntax trees, for all grammars alike."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from repos.indexing.units import Names

MAX_NAME_CHARS = 120
MAX_CHILDREN = 50
# Around names in some grammars: Markdown's # and =, quotes, dashes of lists.
DECORATION = "# \n=-\"'"

# Node types that define a name.
DEFINITIONS = frozenset(
    "function_definition class_definition function_declaration "
    "generator_function_declaration class_declaration abstract_class_declaration "
    "method_definition interface_declaration enum_declaration type_alias_declaration "
    "method_declaration constructor_declaration record_declaration "
    "annotation_type_declaration function_item impl_item struct_item enum_item trait_item "
    "mod_item macro_definition type_spec class_specifier struct_specifier enum_specifier "
    "namespace_definition namespace_declaration struct_declaration property_declaration "
    "object_declaration protocol_declaration class module method singleton_method "
    "trait_definition object_definition trait_declaration create_table create_view "
    "create_function variable_declarator section table rule_set internal_module "
    "delegate_declaration type_definition".split()
)
# Node types that wrap one definition, in a named field or as a child.
WRAPPERS = frozenset(
    "decorated_definition export_statement template_declaration declaration".split()
)
# Node types with definitions as children; the first one counts.
DECLARATION_LISTS = frozenset("lexical_declaration variable_declaration type_declaration".split())
# Node types that are a name.
NAMES = frozenset(
    "identifier type_identifier property_identifier field_identifier constant name "
    "simple_identifier namespace_identifier qualified_identifier scoped_identifier "
    "destructor_name operator_name object_reference bare_key dotted_key atx_heading "
    "setext_heading selectors inline word".split()
)


def definition_name(node: Node) -> str:
    """The name that a definition, or the definition inside a wrapper, gives; else empty."""
    node_type = node.type
    if node_type in DEFINITIONS:
        return _text(_name_node(node))
    inner = None
    if node_type in WRAPPERS:
        inner = _field(node, "definition", "declaration") or _first_child(node, DEFINITIONS)
    elif node_type in DECLARATION_LISTS:
        inner = _first_child(node, DEFINITIONS)
    if inner is None:
        return ""
    return definition_name(inner)


def defined_names(node: Node, name: str) -> Names:
    """`name`, that of `node` itself if it has one, and those defined directly inside."""
    if not name:
        return _distinct(_child_names(node))
    return _distinct((name, *_child_names(_body(node))))


def _child_names(node: Node) -> Iterable[str]:
    return map(definition_name, node.named_children[:MAX_CHILDREN])


def _distinct(names: Iterable[str]) -> Names:
    return tuple(dict.fromkeys(filter(None, names)))


def _body(node: Node) -> Node:
    """The node whose children a definition contains."""
    inner = _field(node, "body", "definition")
    if inner is None:
        return node
    if inner.type in DEFINITIONS:
        return _field(inner, "body") or inner
    return inner


def _name_node(node: Node) -> Node | None:
    return (
        _field(node, "name")
        or _declarator(node)
        or _field(node, "type")
        or _first_child(node, NAMES)
    )


def _declarator(node: Node) -> Node | None:
    """The name inside nested declarators, as in C's `int *(*f)(void)`."""
    inner = _field(node, "declarator")
    while inner is not None and inner.type not in NAMES:
        inner = _field(inner, "declarator") or next(iter(inner.named_children), None)
    return inner


def _field(node: Node, *names: str) -> Node | None:
    """The child in the first of these fields that the node has."""
    for name in names:
        child = node.child_by_field_name(name)
        if child is not None:
            return child
    return None


def _first_child(node: Node, types: frozenset[str]) -> Node | None:
    return next((child for child in node.named_children if child.type in types), None)


def _text(node: Node | None) -> str:
    if node is None or node.text is None:
        return ""
    text = node.text.decode("utf-8", "replace").strip(DECORATION)
    return " ".join(text.split())[:MAX_NAME_CHARS]
