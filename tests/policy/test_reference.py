"""The reference pages of the language are what its models, taxonomy and codes say."""

import importlib.util
from pathlib import Path

import pytest

from kept.policy import Policy, categories, codes

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
_spec = importlib.util.spec_from_file_location("_pages", ROOT / "tools" / "policy_reference.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
PAGES = _module.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fresh(name):
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name], "make docs"


def test_every_section_key_category_and_code_is_documented():
    page = PAGES["policy-language.md"]
    for field in Policy.model_fields.values():
        section = str(field.alias)
        if not section.startswith("\0"):
            assert f"## `[{section}" in page
            for inner in next(_module._models(field.annotation)).model_fields.values():
                assert f"| `{inner.alias}` |" in page or inner.alias == "id"
                assert inner.description or inner.alias == "id"
    for key in categories():
        assert f"| `{key}` |" in page
    for entry in codes.ENTRIES.values():
        assert f"## {entry.id} {entry.title}\n" in PAGES["policy-codes.md"]
        assert entry.bad in PAGES["policy-codes.md"]
        assert entry.good in PAGES["policy-codes.md"]
