(class_specifier name: (type_identifier) @name body: (_)) @definition.class
(namespace_definition name: (namespace_identifier) @name) @definition.module
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(function_definition declarator: (function_declarator declarator: (field_identifier) @name))
  @definition.function
(function_definition declarator: (reference_declarator
  (function_declarator declarator: (field_identifier) @name))) @definition.function
(function_definition declarator: (pointer_declarator
  declarator: (function_declarator declarator: (field_identifier) @name))) @definition.function
(function_definition declarator: (function_declarator declarator: (qualified_identifier
  scope: (_) @scope name: [(identifier) (destructor_name) (operator_name)] @name)))
  @definition.function
(function_definition declarator: (pointer_declarator declarator: (function_declarator
  declarator: (qualified_identifier scope: (_) @scope name: (identifier) @name))))
  @definition.function
(function_definition declarator: (reference_declarator (function_declarator
  declarator: (qualified_identifier scope: (_) @scope name: (identifier) @name))))
  @definition.function
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name))
  @definition.function
(class_specifier body: (field_declaration_list
  (field_declaration declarator: (field_identifier) @name) @definition.field))

;;; references
(call_expression function: (qualified_identifier name: (identifier) @call))
(call_expression function: (template_function name: (identifier) @call))
(call_expression function: (qualified_identifier
  name: (template_function name: (identifier) @call)))
(call_expression function: (field_expression
  field: (template_method name: (field_identifier) @call)))
(new_expression type: (type_identifier) @call)
(new_expression type: (template_type name: (type_identifier) @call))
(base_class_clause (type_identifier) @inherit)
(base_class_clause (template_type name: (type_identifier) @inherit))
(base_class_clause (qualified_identifier name: (type_identifier) @inherit))
(using_declaration (identifier) @import)
(using_declaration (qualified_identifier name: (identifier) @import))
(using_declaration (qualified_identifier name: (qualified_identifier
  name: (identifier) @import)))
(using_declaration (qualified_identifier name: (qualified_identifier
  name: (qualified_identifier name: (identifier) @import))))
(parameter_declaration declarator: (reference_declarator (identifier) @local))
(for_range_loop declarator: (identifier) @local)
