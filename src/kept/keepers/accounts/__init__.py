"""Accounts: who may sign in, and how. Nothing here tells whether an address is known."""
