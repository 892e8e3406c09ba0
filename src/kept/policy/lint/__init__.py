"""What is wrong between clauses: references that lead nowhere, contradictions, and bad habits."""

from kept.policy.lint.rules import problems

__all__ = ["problems"]
