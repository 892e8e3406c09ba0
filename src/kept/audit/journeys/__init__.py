"""Journeys: the same pages of a site, in every state of choice, each with an empty browser.

Facade: `travel` goes through all of them and returns the evidence.
"""

from kept.audit.journeys.travel import travel

__all__ = ["travel"]
