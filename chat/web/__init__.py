"""The pages: views, and what their templates are given.

`views`, `history_views`, `share_views` and `export_views` answer requests; `view_models`,
`source_viewer`, `model_choices`, `suggestions`, `answer_details` and `ui_strings` put
together what the templates show.
"""
