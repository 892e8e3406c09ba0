"""The copy of everything that is held about a person: gathered, written, sealed, fetched.

Facade: `making.make(request)`, `fetching`.
"""
