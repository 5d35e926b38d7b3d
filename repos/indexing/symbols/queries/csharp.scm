(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name) @definition.function
(constructor_declaration name: (identifier) @name) @definition.function
(local_function_statement name: (identifier) @name) @definition.function
(property_declaration name: (identifier) @name) @definition.field
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name)))
  @definition.field
(enum_member_declaration name: (identifier) @name) @definition.field
(namespace_declaration name: (_) @name) @definition.module

(using_directive !name [(identifier) (qualified_name)] @module)
(using_directive name: (identifier) @alias [(identifier) (qualified_name)] @module)

;;; references
(identifier) @read
(member_access_expression name: (identifier) @member)
(parameter type: (identifier) @type)
(variable_declaration type: (identifier) @type)
(method_declaration returns: (identifier) @type)
(property_declaration type: (identifier) @type)
(type_argument_list (identifier) @type)
(generic_name (identifier) @type)
(nullable_type (identifier) @type)
(array_type type: (identifier) @type)
(cast_expression type: (identifier) @type)
(invocation_expression function: (identifier) @call)
(invocation_expression function: (generic_name (identifier) @call))
(invocation_expression function: (member_access_expression name: (identifier) @call))
(invocation_expression function: (member_access_expression
  name: (generic_name (identifier) @call)))
(invocation_expression function: (conditional_access_expression
  (member_binding_expression name: (identifier) @call)))
(object_creation_expression type: (identifier) @call)
(object_creation_expression type: (generic_name (identifier) @call))
(attribute name: (identifier) @decorate)
(base_list (identifier) @inherit)
(base_list (generic_name (identifier) @inherit))
(base_list (qualified_name name: (identifier) @inherit))
(using_directive name: (identifier) @skip)
(using_directive (identifier) @import .)
(using_directive (qualified_name) @path)
(using_directive (qualified_name (identifier) @import .))
(extern_alias_directive name: (identifier) @import)
(namespace_declaration name: (_) @path)
(file_scoped_namespace_declaration name: (_) @path)
(parameter name: (identifier) @local)
(local_declaration_statement (variable_declaration
  (variable_declarator name: (identifier) @local)))
(foreach_statement left: (identifier) @local)
(lambda_expression parameters: (implicit_parameter) @local)
