(class_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(record_declaration name: (identifier) @name) @definition.class
(annotation_type_declaration name: (identifier) @name) @definition.interface
(method_declaration name: (identifier) @name) @definition.function
(constructor_declaration name: (identifier) @name) @definition.function
(class_body (field_declaration declarator: (variable_declarator name: (identifier) @name))
  @definition.field)
(interface_body (constant_declaration declarator: (variable_declarator name: (identifier) @name))
  @definition.field)
(enum_constant name: (identifier) @name) @definition.field

(import_declaration (scoped_identifier scope: (_) @module name: (_) @imported))
(import_declaration (scoped_identifier) @module (asterisk) @imported)

;;; references
(identifier) @read
(field_access field: (identifier) @member)
(type_identifier) @type
(method_invocation name: (identifier) @call)
(object_creation_expression type: (type_identifier) @call)
(object_creation_expression type: (generic_type (type_identifier) @call))
(object_creation_expression type: (scoped_type_identifier (type_identifier) @call .))
(method_reference (identifier) @call .)
(marker_annotation name: (identifier) @decorate)
(annotation name: (identifier) @decorate)
(superclass (type_identifier) @inherit)
(superclass (generic_type (type_identifier) @inherit))
(super_interfaces (type_list (type_identifier) @inherit))
(super_interfaces (type_list (generic_type (type_identifier) @inherit)))
(extends_interfaces (type_list (type_identifier) @inherit))
(extends_interfaces (type_list (generic_type (type_identifier) @inherit)))
(import_declaration (_) @path)
(import_declaration [(identifier) @import (scoped_identifier name: (identifier) @import)])
(import_declaration "static" (scoped_identifier
  scope: [(identifier) @import (scoped_identifier name: (identifier) @import)]) .)
(package_declaration (_) @path)
(module_declaration name: (_) @path)
(requires_module_directive (_) @path)
(exports_module_directive (_) @path)
(opens_module_directive (_) @path)
(uses_module_directive (_) @path)
(uses_module_directive [(identifier) @type (scoped_identifier name: (identifier) @type)])
(provides_module_directive (_) @path)
(provides_module_directive [(identifier) @type (scoped_identifier name: (identifier) @type)])
(formal_parameter name: (identifier) @local)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(catch_formal_parameter name: (identifier) @local)
(inferred_parameters (identifier) @local)
(lambda_expression parameters: (identifier) @local)
