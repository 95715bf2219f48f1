"""What stands on a page and how: words, figures, tables, and the rendering of a notebook."""
