"""What people add to a wiki: notes and corrections on its pages, comments to its editors."""
