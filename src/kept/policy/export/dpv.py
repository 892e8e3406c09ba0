"""A policy as JSON-LD in the terms of the W3C Data Privacy Vocabulary (DPV 2 and its PD extension).

Rules: every name stands in `vocabulary.toml`; every clause is a node whose IRI ends in its promise
id; what DPV has no term for is told as text, not bent into a term that means something else.
"""

from collections.abc import Iterator
from typing import Any

from kept.policy import taxonomy
from kept.policy.keep import Keep
from kept.policy.model import Policy
from kept.policy.prose.document import document
from kept.policy.prose.language import keep as keep_text
from kept.policy.prose.language import places
from kept.policy.prose.said.sharing import name

Node = dict[str, Any]

PURPOSES = {
    "service": "ServiceProvision",
    "communication": "CommunicationForCustomerCare",
    "transaction": "CustomerOrderManagement",
    "delivery": "DeliveryOfGoods",
    "account": "AccountManagement",
    "personalisation": "Personalisation",
    "marketing": "Marketing",
    "analytics": "ServiceUsageAnalytics",
    "research": "ResearchAndDevelopment",
    "improvement": "ImproveExistingProductsAndServices",
    "recruitment": "PersonnelHiring",
    "publication": "PublicRelations",
    "security": "EnforceSecurity",
    "legal": "LegalCompliance",
    "rights": "RightsFulfillment",
}
BASES = {
    "consent": "Consent",
    "contract": "Contract",
    "legal-obligation": "LegalObligation",
    "legitimate-interest": "LegitimateInterest",
    "vital-interest": "VitalInterest",
    "public-task": "PublicInterest",
}
RECIPIENTS = {
    "affiliate": "Recipient",
    "vendor": "DataProcessor",
    "reseller": "ThirdParty",
    "partner": "ThirdParty",
    "authority": "Authority",
    "successor": "ThirdParty",
    "public": "Recipient",
}
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dpv(policy: Policy) -> Node:
    """The policy as a JSON-LD document, ready for `json.dumps`."""
    return {"@context": CONTEXT, "@graph": [_notice(policy), *_nodes(policy)]}


def _iri(policy: Policy, clause: str) -> str:
    base = policy.meta.url or f"urn:kept:policy:{policy.digest}"
    return f"{base}#{clause.replace('*', '%2A')}"


def _ref(policy: Policy, clause: str) -> Node:
    return {"@id": _iri(policy, clause)}


def _notice(policy: Policy) -> Node:
    processes = [f"collect.{id}" for id in policy.collect] + (["visits"] if policy.visits else [])
    processes += [f"recipients.{id}" for id in policy.recipients]
    processes += [f"combine.{id}" for id in policy.combine]
    meta = policy.meta
    node: Node = {
        "@id": _iri(policy, "policy"),
        "@type": "dpv:PrivacyNotice",
        "dct:title": document(policy).title,
        "dct:language": meta.language,
        "dct:hasVersion": meta.version,
        "dct:valid": {"@value": meta.effective.isoformat(), "@type": "xsd:date"},
        "dpv:hasDataController": _ref(policy, "controller"),
        "dpv:hasPersonalDataProcess": [_ref(policy, one) for one in processes],
        "dpv:hasProhibition": [_ref(policy, f"never.{id}") for id in policy.never],
        "dpv:hasRight": [_ref(policy, f"rights.{id}") for id in policy.rights],
    }
    if meta.updated:
        node["dct:modified"] = {"@value": meta.updated.isoformat(), "@type": "xsd:date"}
    if meta.places:
        node["dpv:hasLocation"] = [_place(code) for code in meta.places]
    return node


def _nodes(policy: Policy) -> Iterator[Node]:
    said = {one.id: one.text for one in document(policy).sentences}
    yield {
        "@id": _iri(policy, "controller"),
        "@type": "dpv:DataController",
        "rdfs:label": policy.meta.site,
    }
    for id, purpose in policy.purposes.items():
        yield {
            "@id": _iri(policy, f"purposes.{id}"),
            "@type": ["dpv:Purpose", f"dpv:{PURPOSES[purpose.kind]}"],
            "rdfs:label": purpose.says,
            "dpv:hasLegalBasis": {"@id": f"dpv:{BASES[purpose.basis]}"},
        }
    yield from _processes(policy, said)
    for id in policy.never:
        yield _told(policy, f"never.{id}", "dpv:Prohibition", said)
    for id in policy.rights:
        yield _told(policy, f"rights.{id}", "dpv:DataSubjectRight", said)


def _told(policy: Policy, clause: str, type_: str, said: dict[str, str]) -> Node:
    return {"@id": _iri(policy, clause), "@type": type_, "dct:description": said[clause]}


def _processes(policy: Policy, said: dict[str, str]) -> Iterator[Node]:
    for id, point in policy.collect.items():
        node = _process(policy, f"collect.{id}", said, ("Collect", "Use", "Store"), point.purposes)
        node["dpv:hasPersonalData"] = _data(point.fields.values())
        node["dpv:hasStorageCondition"] = _stored(point.keep)
        if point.source:
            node["dpv:hasDataSource"] = {"rdfs:label": point.source}
        yield node
    if policy.visits:
        done = ("Collect", "Use", "Store")
        node = _process(policy, "visits", said, done, policy.visits.purposes)
        node["dpv:hasPersonalData"] = _data(policy.visits.collect)
        node["dpv:hasStorageCondition"] = _stored(policy.visits.keep)
        yield node
    for id, one in policy.recipients.items():
        node = _process(policy, f"recipients.{id}", said, ("Share",), one.purposes)
        node["dpv:hasPersonalData"] = _data(one.receives)
        node["dpv:hasRecipient"] = {
            "@type": f"dpv:{RECIPIENTS[one.kind]}",
            "rdfs:label": name(one),
        }
        if one.place:
            node["dpv:hasLocation"] = _place(one.place)
        yield node
    for id, joined in policy.combine.items():
        node = _process(policy, f"combine.{id}", said, ("Combine",), joined.purposes)
        node["dpv:hasPersonalData"] = _data([joined.join])
        yield node


def _process(
    policy: Policy,
    clause: str,
    said: dict[str, str],
    done: tuple[str, ...],
    purposes: tuple[str, ...],
) -> Node:
    return {
        **_told(policy, clause, "dpv:PersonalDataProcess", said),
        "dpv:hasDataController": _ref(policy, "controller"),
        "dpv:hasProcessing": [{"@id": f"dpv:{one}"} for one in done],
        "dpv:hasPurpose": [_ref(policy, f"purposes.{id}") for id in purposes],
    }


def _data(categories: Any) -> list[Node]:
    terms = dict.fromkeys(taxonomy.category(key).dpv for key in categories)
    return [{"@id": term} for term in terms]


def _stored(keep: Keep) -> Node:
    if keep.period:
        length: Any = {"@value": keep.period.iso, "@type": "xsd:duration"}
    else:
        length = keep_text(keep)
    return {"@type": "dpv:StorageDuration", "dpv:hasDuration": length}


def _place(code: str) -> Node:
    return {"@type": "dpv:Location", "rdfs:label": places([code]), "dct:identifier": code}
