(function_item name: (identifier) @name) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(struct_item name: (type_identifier) @name) @definition.struct
(union_item name: (type_identifier) @name) @definition.struct
(enum_item name: (type_identifier) @name) @definition.enum
(trait_item name: (type_identifier) @name) @definition.trait
(type_item name: (type_identifier) @name) @definition.type
(mod_item name: (identifier) @name body: (_)) @definition.module
(macro_definition name: (identifier) @name) @definition.macro
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.constant
(field_declaration name: (field_identifier) @name) @definition.field
(enum_variant name: (identifier) @name) @definition.field
(impl_item type: (type_identifier) @name) @definition.scope
(impl_item type: (generic_type type: (type_identifier) @name)) @definition.scope
(impl_item type: (scoped_type_identifier name: (type_identifier) @name)) @definition.scope

(mod_item name: (identifier) @module !body)
(use_declaration argument: (identifier) @module)
(use_declaration argument: (scoped_identifier path: (_) @module name: (_) @imported))
(use_declaration argument: (use_as_clause
  path: (scoped_identifier path: (_) @module name: (_) @imported) alias: (_) @alias))
(use_declaration argument: (use_wildcard (_) @module) @imported)
(use_declaration argument: (scoped_use_list path: (_) @module
  list: (use_list (identifier) @imported)))
(use_declaration argument: (scoped_use_list path: (_) @module
  list: (use_list (use_as_clause path: (identifier) @imported alias: (_) @alias))))
(scoped_use_list path: (_) @module list: (use_list (scoped_identifier name: (_) @imported)))

;;; references
(identifier) @read
(field_identifier) @member
(type_identifier) @type
(call_expression function: (identifier) @call)
(call_expression function: (scoped_identifier name: (identifier) @call))
(call_expression function: (field_expression field: (field_identifier) @call))
(call_expression function: (generic_function function: (identifier) @call))
(call_expression function: (generic_function
  function: (scoped_identifier name: (identifier) @call)))
(call_expression function: (generic_function
  function: (field_expression field: (field_identifier) @call)))
(macro_invocation macro: (identifier) @call)
(macro_invocation macro: (scoped_identifier name: (identifier) @call))
(struct_expression name: (type_identifier) @call)
(attribute_item (attribute (identifier) @decorate))
(attribute_item (attribute (scoped_identifier name: (identifier) @decorate)))
(impl_item trait: (type_identifier) @inherit)
(impl_item trait: (generic_type type: (type_identifier) @inherit))
(impl_item trait: (scoped_type_identifier name: (type_identifier) @inherit))
(trait_bounds (type_identifier) @inherit)
(use_declaration argument: (identifier) @import)
(use_declaration argument: (scoped_identifier name: (identifier) @import) @path)
(use_list (identifier) @import)
(use_list (scoped_identifier name: (identifier) @import) @path)
(use_as_clause path: (identifier) @import)
(use_as_clause path: (scoped_identifier name: (identifier) @import) @path)
(use_wildcard [(identifier) @import (scoped_identifier name: (identifier) @import) @path])
(scoped_use_list path: (_) @path)
(scoped_use_list path: [(identifier) @import (scoped_identifier name: (identifier) @import)]
  list: (use_list (self)))
(extern_crate_declaration name: (identifier) @import)
(mod_item name: (identifier) @import !body)
(visibility_modifier (_) @path)
(parameter pattern: (identifier) @local)
(let_declaration pattern: (identifier) @local)
(closure_parameters (identifier) @local)
(for_expression pattern: (identifier) @local)
