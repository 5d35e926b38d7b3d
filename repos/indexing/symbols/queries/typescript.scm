(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(type_alias_declaration name: (_) @name) @definition.type
(function_signature name: (identifier) @name) @definition.function
(method_signature name: (property_identifier) @name) @definition.function
(abstract_method_signature name: (property_identifier) @name) @definition.function
(internal_module name: (_) @name) @definition.module
(public_field_definition name: (property_identifier) @name) @definition.field
(property_signature name: (property_identifier) @name) @definition.field

(import_statement (import_require_clause (identifier) @alias
  source: (string (string_fragment) @module)))

;;; references
(type_identifier) @type
(extends_clause value: (identifier) @inherit)
(extends_clause value: (member_expression property: (property_identifier) @inherit))
(implements_clause (type_identifier) @inherit)
(implements_clause (generic_type name: (type_identifier) @inherit))
(extends_type_clause type: (type_identifier) @inherit)
(extends_type_clause type: (generic_type name: (type_identifier) @inherit))
(import_require_clause (identifier) @import)
(import_alias (nested_identifier) @path)
(import_alias (nested_identifier property: (property_identifier) @import))
(import_alias "=" (identifier) @import)
(module name: (nested_identifier) @path)
(required_parameter pattern: (identifier) @local)
(optional_parameter pattern: (identifier) @local)
