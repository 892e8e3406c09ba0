"""Carrying rights out: one file per right, each able to be done again after a crash.

A file has `carry(request) -> Result`; what it did not reach is in the result, and is tried again.
"""
