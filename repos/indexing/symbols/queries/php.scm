(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.trait
(enum_declaration name: (name) @name) @definition.enum
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.function
(property_declaration (property_element name: (variable_name (name) @name))) @definition.field
(const_declaration (const_element . (name) @name)) @definition.constant
(enum_case name: (name) @name) @definition.field

(namespace_use_declaration (namespace_use_clause
  (qualified_name prefix: (_) @module (name) @imported) !alias))
(namespace_use_declaration (namespace_use_clause
  (qualified_name prefix: (_) @module (name) @imported) alias: (name) @alias))
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . (name) @imported !alias)))
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . (name) @imported alias: (name) @alias)))
(require_expression (string (string_content) @module))
(require_once_expression (string (string_content) @module))
(include_expression (string (string_content) @module))
(include_once_expression (string (string_content) @module))

;;; references
(name) @read
(variable_name (name) @skip)
(member_access_expression name: (name) @member)
(named_type (name) @type)
(named_type (qualified_name (name) @type))
(function_call_expression function: (name) @call)
(function_call_expression function: (qualified_name (name) @call))
(member_call_expression name: (name) @call)
(nullsafe_member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression (name) @call)
(object_creation_expression (qualified_name (name) @call))
(attribute (name) @decorate)
(attribute (qualified_name (name) @decorate))
(base_clause (name) @inherit)
(base_clause (qualified_name (name) @inherit))
(class_interface_clause (name) @inherit)
(class_interface_clause (qualified_name (name) @inherit))
(declaration_list (use_declaration (name) @inherit))
(namespace_use_clause (name) @import)
(namespace_use_clause (qualified_name (name) @import))
(namespace_name) @path
