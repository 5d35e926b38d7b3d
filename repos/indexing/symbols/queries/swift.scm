(class_declaration declaration_kind: "class" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "actor" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "struct" name: (type_identifier) @name) @definition.struct
(class_declaration declaration_kind: "enum" name: (type_identifier) @name) @definition.enum
(class_declaration declaration_kind: "extension"
  name: (user_type (type_identifier) @name)) @definition.scope
(protocol_declaration name: (type_identifier) @name) @definition.interface
(function_declaration name: (simple_identifier) @name) @definition.function
(protocol_function_declaration name: (simple_identifier) @name) @definition.function
(init_declaration "init" @name) @definition.function
(typealias_declaration name: (type_identifier) @name) @definition.type
(class_body (property_declaration name: (pattern (simple_identifier) @name)) @definition.field)
(source_file (property_declaration name: (pattern (simple_identifier) @name))
  @definition.constant)
(enum_entry name: (simple_identifier) @name) @definition.field

(import_declaration (identifier) @module)

;;; references
(simple_identifier) @read
(navigation_suffix suffix: (simple_identifier) @member)
(type_identifier) @type
(call_expression . (simple_identifier) @call)
(call_expression . (navigation_expression
  suffix: (navigation_suffix suffix: (simple_identifier) @call)))
(attribute (user_type (type_identifier) @decorate))
(inheritance_specifier inherits_from: (user_type (type_identifier) @inherit))
(import_declaration (identifier (simple_identifier) @import))
(parameter name: (simple_identifier) @local)
(parameter external_name: (simple_identifier) @skip)
(value_argument_label (simple_identifier) @skip)
(statements (property_declaration name: (pattern (simple_identifier) @local)))
