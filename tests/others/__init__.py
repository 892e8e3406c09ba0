"""A keeper that a package of somebody else brings."""
