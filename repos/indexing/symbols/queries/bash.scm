(function_definition name: (word) @name) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.constant)
(program (declaration_command (variable_assignment name: (variable_name) @name))
  @definition.constant)

(command name: (command_name (word) @function_name) . argument: (word) @module
  (#any-of? @function_name "source" "."))

;;; references
(variable_name) @read
(command_name (word) @call)
