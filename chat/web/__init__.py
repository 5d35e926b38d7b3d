"""The pages: views, and what their templates are given.

`views`, `history_views`, `share_views` and `export_views` answer requests; the other
modules put together what the templates show.
"""
