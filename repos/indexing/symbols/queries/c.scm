(function_definition declarator: (function_declarator declarator: (identifier) @name))
  @definition.function
(function_definition declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name))) @definition.function
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name)))) @definition.function
(declaration declarator: (function_declarator declarator: (identifier) @name))
  @definition.function
(declaration declarator: (pointer_declarator
  declarator: (function_declarator declarator: (identifier) @name))) @definition.function
(struct_specifier name: (type_identifier) @name body: (_)) @definition.struct
(union_specifier name: (type_identifier) @name body: (_)) @definition.struct
(enum_specifier name: (type_identifier) @name body: (_)) @definition.enum
(type_definition declarator: (type_identifier) @name) @definition.type
(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name))
  @definition.type
(preproc_def name: (identifier) @name) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro
(enumerator name: (identifier) @name) @definition.field
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name))
  @definition.constant)
(translation_unit (declaration declarator: (identifier) @name) @definition.constant)
(struct_specifier body: (field_declaration_list
  (field_declaration declarator: (field_identifier) @name) @definition.field))

(preproc_include path: (string_literal (string_content) @module))
(preproc_include path: (system_lib_string) @module)

;;; references
(identifier) @read
(field_identifier) @member
(type_identifier) @type
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (field_identifier) @call))
(parameter_declaration declarator: (identifier) @local)
(parameter_declaration declarator: (pointer_declarator declarator: (identifier) @local))
(compound_statement (declaration declarator: (identifier) @local))
(compound_statement (declaration declarator: (init_declarator declarator: (identifier) @local)))
(compound_statement (declaration declarator: (init_declarator
  declarator: (pointer_declarator declarator: (identifier) @local))))
(compound_statement (declaration declarator: (pointer_declarator declarator: (identifier) @local)))
(for_statement initializer: (declaration declarator: (init_declarator
  declarator: (identifier) @local)))
(preproc_params (identifier) @local)
