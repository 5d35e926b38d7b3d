(create_table (object_reference name: (identifier) @name)) @definition.table
(create_view (object_reference name: (identifier) @name)) @definition.view
(create_materialized_view (object_reference name: (identifier) @name)) @definition.view
(create_function (object_reference name: (identifier) @name)) @definition.function
(create_type (object_reference name: (identifier) @name)) @definition.type
(create_index (keyword_index) . (identifier) @name) @definition.field
(column_definition name: (identifier) @name) @definition.field

;;; references
(field name: (identifier) @member)
(relation (object_reference name: (identifier) @read))
(insert (object_reference name: (identifier) @read))
(alter_table (object_reference name: (identifier) @read))
(create_index (object_reference name: (identifier) @read))
(column_definition (object_reference name: (identifier) @type))
(constraint (object_reference name: (identifier) @type))
(invocation (object_reference name: (identifier) @call))
