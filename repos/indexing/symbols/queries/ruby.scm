(class name: (constant) @name) @definition.class
(class name: (scope_resolution scope: (_) @scope name: (constant) @name)) @definition.class
(module name: (constant) @name) @definition.module
(module name: (scope_resolution scope: (_) @scope name: (constant) @name)) @definition.module
(method name: (_) @name) @definition.function
(singleton_method name: (_) @name) @definition.function
(alias name: (_) @name) @definition.function
(assignment left: (constant) @name) @definition.constant
(call method: (identifier) @function_name
  arguments: (argument_list (simple_symbol) @name @definition.field)
  (#match? @function_name "^attr_(reader|writer|accessor)$"))

(call method: (identifier) @function_name
  arguments: (argument_list . (string (string_content) @module))
  (#match? @function_name "^(require|require_relative|load)$"))

;;; references
(identifier) @read
(constant) @read
(call method: (identifier) @call)
(call method: (constant) @call)
(superclass (constant) @inherit)
(superclass (scope_resolution name: (constant) @inherit))
((call method: (identifier) @function_name arguments: (argument_list (constant) @inherit))
  (#match? @function_name "^(include|extend|prepend)$"))
((call method: (identifier) @function_name
  arguments: (argument_list (scope_resolution name: (constant) @inherit)))
  (#match? @function_name "^(include|extend|prepend)$"))
(method_parameters (identifier) @local)
(method_parameters (optional_parameter name: (identifier) @local))
(method_parameters (keyword_parameter name: (identifier) @local))
(block_parameters (identifier) @local)
(assignment left: (identifier) @local)
