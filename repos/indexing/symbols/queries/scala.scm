(class_definition name: (identifier) @name) @definition.class
(object_definition name: (identifier) @name) @definition.class
(trait_definition name: (identifier) @name) @definition.trait
(enum_definition name: (identifier) @name) @definition.enum
(package_object name: (identifier) @name) @definition.module
(type_definition name: (type_identifier) @name) @definition.type
(function_definition name: (identifier) @name) @definition.function
(function_declaration name: (identifier) @name) @definition.function
(template_body (val_definition pattern: (identifier) @name) @definition.field)
(template_body (var_definition pattern: (identifier) @name) @definition.field)
(compilation_unit (val_definition pattern: (identifier) @name) @definition.constant)
(class_parameter name: (identifier) @name) @definition.field
(simple_enum_case name: (identifier) @name) @definition.field

(import_declaration (namespace_selectors (identifier) @imported)) @module
(import_declaration (namespace_selectors
  (arrow_renamed_identifier name: (identifier) @imported alias: (identifier) @alias))) @module
(import_declaration (namespace_wildcard) @imported) @module
(import_declaration (identifier) @imported .) @module
(import_declaration (namespace_selectors
  (as_renamed_identifier name: (identifier) @imported alias: (identifier) @alias))) @module
(import_declaration
  (as_renamed_identifier name: (identifier) @imported alias: (identifier) @alias)) @module

;;; references
(identifier) @read
(field_expression field: (identifier) @member)
(type_identifier) @type
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (identifier) @call))
(call_expression function: (generic_function function: (identifier) @call))
(instance_expression (type_identifier) @call)
(instance_expression (generic_type type: (type_identifier) @call))
(annotation name: (type_identifier) @decorate)
(extends_clause type: (type_identifier) @inherit)
(extends_clause type: (generic_type type: (type_identifier) @inherit))
(package_identifier) @path
(import_declaration (identifier) @path)
(import_declaration (identifier) @import .)
(import_declaration (identifier) @import . (namespace_wildcard))
(export_declaration (identifier) @path)
(export_declaration (identifier) @import .)
(export_declaration (identifier) @import . (namespace_wildcard))
(as_renamed_identifier name: (identifier) @import)
(namespace_selectors (identifier) @import)
(arrow_renamed_identifier name: (identifier) @import)
(parameter name: (identifier) @local)
(block (val_definition pattern: (identifier) @local))
(block (var_definition pattern: (identifier) @local))
(lambda_expression parameters: (identifier) @local)
