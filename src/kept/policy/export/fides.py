"""A policy as a Fides manifest: the organization, and one system with its privacy declarations.

Rules: one declaration for each source of data and purpose; keys of the default Fides taxonomy only
(`vocabulary.toml`); what the manifest has no place for (bans, rights) is left out, not bent.
"""

import re
from collections.abc import Iterator
from typing import Any

from kept.policy import taxonomy
from kept.policy.model import Policy
from kept.policy.prose.language import keep as keep_text
from kept.policy.prose.said.sharing import name
from kept.policy.sections.named import Keeping

USES = {
    "service": "essential.service",
    "communication": "essential.service.operations.support",
    "transaction": "essential.service.payment_processing",
    "delivery": "essential.service.operations",
    "account": "essential.service",
    "personalisation": "personalize",
    "marketing": "marketing.communications",
    "analytics": "analytics",
    "research": "functional.service.improve",
    "improvement": "functional.service.improve",
    "recruitment": "employment.recruitment",
    "publication": "functional.service",
    "security": "essential.service.security",
    "legal": "essential.legal_obligation",
    "rights": "functional.storage.privacy_preferences",
}
BASES = {
    "consent": "Consent",
    "contract": "Contract",
    "legal-obligation": "Legal obligations",
    "legitimate-interest": "Legitimate interests",
    "vital-interest": "Vital interests",
    "public-task": "Public interest",
}
_SUBJECTS = {"recruitment": "job_applicant", "marketing": "prospect", "analytics": "visitor"}


def fides(policy: Policy) -> dict[str, Any]:
    """The manifest as plain values; JSON and YAML both hold it."""
    key = re.sub(r"[^a-z0-9]+", "_", policy.meta.site.lower()).strip("_") or "site"
    system: dict[str, Any] = {
        "fides_key": f"{key}_website",
        "organization_fides_key": key,
        "name": policy.meta.site,
        "system_type": "Website",
        "processes_personal_data": True,
        "uses_cookies": bool(policy.cookies),
        "privacy_declarations": list(_declarations(policy)),
    }
    if policy.meta.url and policy.meta.url.startswith("http"):
        system["privacy_policy"] = policy.meta.url
    return {
        "organization": [{"fides_key": key, "name": policy.meta.site}],
        "system": [system],
    }


def _declarations(policy: Policy) -> Iterator[dict[str, Any]]:
    for id, point in policy.collect.items():
        for purpose in point.purposes:
            yield _declaration(policy, id, purpose, tuple(point.fields.values()), point)
    if policy.visits:
        for purpose in policy.visits.purposes:
            yield _declaration(policy, "visits", purpose, policy.visits.collect, policy.visits)


def _declaration(
    policy: Policy, id: str, purpose: str, categories: tuple[str, ...], keeping: Keeping
) -> dict[str, Any]:
    one = policy.purposes[purpose]
    made: dict[str, Any] = {
        "name": f"{id}: {purpose}",
        "data_categories": _keys(categories),
        "data_use": USES[one.kind],
        "data_subjects": [_SUBJECTS.get(one.kind, "customer")],
        "legal_basis_for_processing": BASES[one.basis],
        "retention_period": keep_text(keeping.keep),
    }
    getting = [
        who
        for who in policy.recipients.values()
        if purpose in who.purposes and (not who.collections or id in who.collections)
    ]
    if getting:
        shared = [
            key
            for key in categories
            if any(taxonomy.is_a(key, general) for who in getting for general in who.receives)
        ]
        made["data_shared_with_third_parties"] = bool(shared)
        made["third_parties"] = "; ".join(name(who) for who in getting)
        made["shared_categories"] = _keys(shared)
    return made


def _keys(categories: tuple[str, ...] | list[str]) -> list[str]:
    return sorted({taxonomy.category(key).fides for key in categories})
