"""Pages, figures, tables, words and the running of notebooks."""
