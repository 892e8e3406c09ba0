"""A real browser against the policy: journeys, collectors, inspectors, reporters.

It sees the policy and the wire, and knows nothing of the site's code: any site will do.

| folder | its job |
|---|---|
| `journeys` | goes through the site in every state of choice |
| `collectors` | write down what is seen there |
| `inspectors` | compare it with the policy, clause by clause |
| `reporters` | say it: HTML with pictures, JSON, a table |
"""

from kept.audit import reporters
from kept.audit.audited import Audited
from kept.audit.auditing import audit
from kept.audit.evidence import Evidence
from kept.audit.findings import KINDS, Finding
from kept.audit.limits import Limits

__all__ = ["KINDS", "Audited", "Evidence", "Finding", "Limits", "audit", "reporters"]
