"""Consent: asked at the collection point, recorded with the exact text shown, withdrawn as easily.

Facade: `kept.keepers.consent.flows`.
"""
