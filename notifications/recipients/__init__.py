"""The people a letter goes to: lists read, checked, kept sealed, shown masked.

`addresses`, `columns`, `table`, `sift` and `findings` are pure; `store`, `listing`
and `imports` keep rows.
"""
