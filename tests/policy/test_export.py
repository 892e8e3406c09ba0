"""Exports are what their readers expect: JSON-LD in DPV terms, a Fides manifest, plain JSON."""

import json
import subprocess
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import rdflib

from kept.policy import categories, export, load, loads

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "policies").glob("*.toml"))
EACH = pytest.mark.parametrize("file", POLICIES, ids=lambda one: one.stem)
WORDS = tomllib.loads(files("kept.policy.export").joinpath("vocabulary.toml").read_text("utf-8"))
OURS = {"http://purl.org/dc/terms/", str(rdflib.RDF), str(rdflib.RDFS), str(rdflib.XSD)}
DPV = rdflib.Namespace("https://w3id.org/dpv#")


def graph(policy):
    return rdflib.Graph().parse(data=json.dumps(export.dpv(policy)), format="json-ld")


@EACH
def test_dpv_is_json_ld_whose_every_term_exists(file):
    policy = load(file).policy
    known = {
        WORDS[name]["namespace"] + term for name in ("dpv", "pd") for term in WORDS[name]["terms"]
    }
    base = f"urn:kept:policy:{policy.digest}#"
    found = graph(policy)
    for node in {one for triple in found for one in triple if isinstance(one, rdflib.URIRef)}:
        text = str(node)
        ours = text.startswith((base, *OURS))
        assert ours or text in known, text


@EACH
def test_dpv_says_what_the_policy_says(file):
    policy = load(file).policy
    found = graph(policy)
    base = rdflib.Namespace(f"urn:kept:policy:{policy.digest}#")
    processes = set(found.subjects(rdflib.RDF.type, DPV.PersonalDataProcess))
    assert {base[f"collect.{id}"] for id in policy.collect} <= processes
    assert {base[f"recipients.{id}"] for id in policy.recipients} <= processes
    for id, purpose in policy.purposes.items():
        basis = found.value(base[f"purposes.{id}"], DPV.hasLegalBasis)
        assert (basis == DPV.Consent) == (purpose.basis == "consent")
    for id, point in policy.collect.items():
        uses = set(found.objects(base[f"collect.{id}"], DPV.hasPurpose))
        assert uses == {base[f"purposes.{one}"] for one in point.purposes}
    assert set(found.subjects(rdflib.RDF.type, DPV.Prohibition)) == {
        base[f"never.{id}"] for id in policy.never
    }


def test_dpv_gives_a_period_as_a_duration():
    policy = load(ROOT / "policies" / "usimprints.toml").policy
    lengths = {str(one) for one in graph(policy).objects(None, DPV.hasDuration)}
    assert {"P2Y", "P30D"} <= lengths


def test_every_category_has_terms_that_exist():
    for one in categories().values():
        prefix, _, term = one.dpv.partition(":")
        assert term in WORDS[prefix]["terms"], one
        assert one.fides in WORDS["fides"]["categories"], one


def test_the_word_list_names_nothing_that_is_not_used():
    text = "".join(
        file.read_text("utf-8")
        for name in ("taxonomy.toml", "export/dpv.py", "export/fides.py")
        for file in [ROOT / "src/kept/policy" / name]
    )
    for term in (*WORDS["dpv"]["terms"], *WORDS["pd"]["terms"]):
        assert term in text, term
    for key in (*WORDS["fides"]["uses"], *WORDS["fides"]["bases"], *WORDS["fides"]["subjects"]):
        assert f'"{key}"' in text, key
    for key in WORDS["fides"]["categories"]:
        assert f'fides = "{key}"' in text, key


@EACH
def test_fides_uses_the_keys_of_its_default_taxonomy(file):
    policy = load(file).policy
    made = export.fides(policy)
    declarations = made["system"][0]["privacy_declarations"]
    pairs = {f"{id}: {use}" for id, one in policy.collect.items() for use in one.purposes}
    assert pairs <= {one["name"] for one in declarations}
    for one in declarations:
        assert set(one["data_categories"]) <= set(WORDS["fides"]["categories"])
        assert set(one.get("shared_categories", ())) <= set(WORDS["fides"]["categories"])
        assert one["data_use"] in WORDS["fides"]["uses"]
        assert one["legal_basis_for_processing"] in WORDS["fides"]["bases"]
        assert set(one["data_subjects"]) <= set(WORDS["fides"]["subjects"])


READ_BY_FIDES = """
import json, sys
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from fideslang.models import Taxonomy
made = Taxonomy.model_validate(json.load(sys.stdin))
known = {one.fides_key for one in DEFAULT_TAXONOMY.data_category}
uses = {one.fides_key for one in DEFAULT_TAXONOMY.data_use}
who = {one.fides_key for one in DEFAULT_TAXONOMY.data_subject}
for one in made.system[0].privacy_declarations:
    assert set(one.data_categories) <= known, one
    assert one.data_use in uses, one
    assert set(one.data_subjects) <= who, one
print(len(made.system[0].privacy_declarations))
"""


FIDES = ROOT / ".venv" / "fides" / "bin" / "python"


@pytest.mark.skipif(
    not FIDES.exists(), reason="fideslang needs an environment of its own: `make setup` makes it"
)
@EACH
def test_fides_loads_in_fideslang(file):
    made = export.fides(load(file).policy)
    done = subprocess.run(
        [str(FIDES), "-c", READ_BY_FIDES],
        input=json.dumps(made),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(made["system"][0]["privacy_declarations"])


@EACH
def test_plain_json_fits_its_schema(file):
    schema = export.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    made = json.loads(json.dumps(export.plain(load(file).policy)))
    assert list(check.iter_errors(made)) == []


def test_the_schema_refuses_what_the_loader_refuses():
    check = jsonschema.Draft202012Validator(export.schema())
    good = export.plain(load(ROOT / "policies" / "usimprints.toml").policy)
    assert not list(check.iter_errors(good))
    for edit in (
        lambda p: p["policy"].pop("version"),
        lambda p: p["purposes"]["news"].update(bases="consent"),
        lambda p: p["purposes"]["news"].update(basis="agreement"),
        lambda p: p["backups"].update(keep="30 dayz"),
        lambda p: p.update(sektion={}),
    ):
        bad = json.loads(json.dumps(good))
        edit(bad)
        assert list(check.iter_errors(bad))


@EACH
def test_plain_json_holds_the_whole_policy(file):
    policy = load(file).policy
    again = loads(toml(export.plain(policy)), "again.toml")
    assert again.problems == ()
    assert again.policy.model_copy(update={"text": policy.text}) == policy


def toml(value):
    """Plain JSON in the shape of a policy as TOML."""
    import tomlkit

    return tomlkit.dumps(_dated(value))


def _dated(value, key=""):
    from datetime import date

    if isinstance(value, dict):
        return {name: _dated(one, name) for name, one in value.items()}
    if key in ("effective", "updated"):
        return date.fromisoformat(value)
    return value
