"""A guest book: a keeper of another package, as small as one can be."""
