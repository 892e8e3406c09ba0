"""Adopting a site that was there before: links for clear-text rows, observing, sealing, levels."""
