"""The policy language: taxonomy, model, loader, lints, compare, prose and exports. Pure; no Django.

Everything outside this room imports from here.
"""

from kept.policy import codes, export, prose
from kept.policy.compare import Change, Comparison, compare
from kept.policy.keep import Keep, Lifetime
from kept.policy.load import Loaded, load, loads
from kept.policy.model import Policy
from kept.policy.period import Period
from kept.policy.problems import Problem
from kept.policy.prose import render
from kept.policy.sections.collect import Collection
from kept.policy.sections.cookies import Cookie
from kept.policy.sections.disclosures import Disclosure
from kept.policy.sections.meta import Meta
from kept.policy.sections.never import Ban
from kept.policy.sections.purposes import Purpose
from kept.policy.sections.recipients import Recipient
from kept.policy.sections.rights import Right
from kept.policy.sections.visits import VISITS, Visits
from kept.policy.taxonomy import Category, categories, category, is_a, leaves

__all__ = [
    "VISITS",
    "Ban",
    "Category",
    "Change",
    "Collection",
    "Comparison",
    "Cookie",
    "Disclosure",
    "Keep",
    "Lifetime",
    "Loaded",
    "Meta",
    "Period",
    "Policy",
    "Problem",
    "Purpose",
    "Recipient",
    "Right",
    "Visits",
    "categories",
    "category",
    "codes",
    "compare",
    "export",
    "is_a",
    "leaves",
    "load",
    "loads",
    "prose",
    "render",
]
