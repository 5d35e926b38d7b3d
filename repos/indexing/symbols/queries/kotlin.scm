(class_declaration name: (identifier) @name) @definition.class
(class_declaration "interface" name: (identifier) @name) @definition.interface
(class_declaration (modifiers (class_modifier "enum")) name: (identifier) @name) @definition.enum
(object_declaration name: (identifier) @name) @definition.class
(function_declaration name: (identifier) @name) @definition.function
(type_alias type: (identifier) @name) @definition.type
(source_file (property_declaration (variable_declaration (identifier) @name)) @definition.constant)
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.field)
(class_parameter ["val" "var"] (identifier) @name) @definition.field
(enum_entry (identifier) @name) @definition.field

(import (qualified_identifier (identifier) @imported .) @module)
(import (qualified_identifier) @module "*" @imported)
(import (qualified_identifier (identifier) @imported .) @module "as" (identifier) @alias)

;;; references
(identifier) @read
(navigation_expression (_) (identifier) @member)
(user_type (identifier) @type)
(call_expression . (identifier) @call)
(call_expression . (navigation_expression (_) (identifier) @call .))
(annotation (user_type (identifier) @decorate))
(annotation (constructor_invocation (user_type (identifier) @decorate)))
(delegation_specifier (user_type (identifier) @inherit))
(delegation_specifier (constructor_invocation (user_type (identifier) @inherit)))
(import (qualified_identifier) @path)
(import (qualified_identifier (identifier) @import .))
(package_header (qualified_identifier) @path)
(parameter (identifier) @local)
(class_parameter (identifier) @local)
(lambda_parameters (variable_declaration (identifier) @local))
(block (property_declaration (variable_declaration (identifier) @local)))
(for_statement (variable_declaration (identifier) @local))
