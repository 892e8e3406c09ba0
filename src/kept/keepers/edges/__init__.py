"""Edges: what the site's edges stopped, where the operator can read it. Facade: `flows`."""
