"""Visits: which pages are looked at and for how long, linked to nobody (UI-04, UI-05).

What is counted stands in a database file of its own, written by one collector per host, in shuffled
batches at fixed times. Facade: `kept.keepers.visits.figures`, `kept.keepers.visits.collecting`.
"""
