"""A host whose rows belong to several people."""
