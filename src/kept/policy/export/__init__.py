"""A policy in the words of others: DPV as JSON-LD, a Fides manifest, plain JSON with a schema."""

from kept.policy.export.dpv import dpv
from kept.policy.export.fides import fides
from kept.policy.export.plain import plain, schema

__all__ = ["dpv", "fides", "plain", "schema"]
