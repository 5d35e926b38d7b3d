(class_declaration name: (_) @name) @definition.class
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.function
(variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(program (lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @definition.constant))
(program (export_statement
  (lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant)))
(assignment_expression left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression)]) @definition.function
(pair key: (property_identifier) @name
  value: [(arrow_function) (function_expression)]) @definition.function

(import_statement source: (string (string_fragment) @module))
(import_statement (import_clause (identifier) @default) source: (string (string_fragment) @module))
(import_statement (import_clause (namespace_import (identifier) @alias))
  source: (string (string_fragment) @module))
(import_statement (import_clause (named_imports (import_specifier !alias name: (_) @imported)))
  source: (string (string_fragment) @module))
(import_statement (import_clause (named_imports
  (import_specifier name: (_) @imported alias: (_) @alias)))
  source: (string (string_fragment) @module))
(export_statement (export_clause (export_specifier !alias name: (_) @imported))
  source: (string (string_fragment) @module))
(export_statement (export_clause (export_specifier name: (_) @imported alias: (_) @alias))
  source: (string (string_fragment) @module))
(export_statement "*" @imported source: (string (string_fragment) @module))
(call_expression function: (identifier) @function_name
  arguments: (arguments . (string (string_fragment) @module))
  (#eq? @function_name "require"))
(variable_declarator name: (object_pattern
    [(shorthand_property_identifier_pattern) @imported
     (pair_pattern key: (property_identifier) @imported value: (identifier) @alias)])
  value: (call_expression function: (identifier) @function_name
    arguments: (arguments . (string (string_fragment) @module)))
  (#eq? @function_name "require"))
(call_expression function: (import) arguments: (arguments . (string (string_fragment) @module)))

;;; references
(identifier) @read
(shorthand_property_identifier) @read
(member_expression property: (property_identifier) @member)
(member_expression property: (private_property_identifier) @member)
(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (property_identifier) @call))
(call_expression function: (member_expression property: (private_property_identifier) @call))
(new_expression constructor: (identifier) @call)
(new_expression constructor: (member_expression property: (property_identifier) @call))
(decorator (identifier) @decorate)
(decorator (member_expression property: (property_identifier) @decorate))
(decorator (call_expression function: (identifier) @decorate))
(import_specifier name: (identifier) @import)
(import_clause (identifier) @import)
(namespace_import (identifier) @import)
(export_specifier name: (identifier) @import)
(arrow_function parameter: (identifier) @local)
(variable_declarator name: (identifier) @local)
(for_in_statement left: (identifier) @local)
(catch_clause parameter: (identifier) @local)
