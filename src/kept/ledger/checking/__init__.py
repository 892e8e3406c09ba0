"""Is the record as it was made? At start, in slices while the sequencer idles, and whole.

Rules: every check reads the real state and says what it found as findings; none repairs anything;
what is checked at start is bounded, whatever the size of the log.
"""

from kept.ledger.checking.effects import effect
from kept.ledger.checking.findings import Finding, Report
from kept.ledger.checking.rounds import at_start, slices, whole

__all__ = ["Finding", "Report", "at_start", "effect", "slices", "whole"]
