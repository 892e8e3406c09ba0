"""A sealed value gives nothing, whatever Python, Django or a library does with it."""

import array
import asyncio
import copy
import csv
import io
import json
import logging
import operator
import os
import pickle
import pprint
import traceback

import msgspec
import pytest
from django.contrib.admin.utils import display_for_value
from django.contrib.auth.models import Group
from django.core import serializers, signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.forms import CharField, Form, model_to_dict
from django.http import HttpResponse, JsonResponse
from django.template import Context, Engine
from django.utils.encoding import force_str
from django.utils.html import conditional_escape, escape, format_html
from django.utils.text import slugify

from kept._kit import canonical
from kept.gate import Decision, Facts, Gate, Request, Sealed, SealedError, purpose
from kept.gate.clauses import Clauses, Point, Purpose

SECRET = "zoe@x.org"  # stands nowhere inside a Sealed; the tests look for it all the same
COLLECTED = Point("collect.inquiry", frozenset({"answer-inquiry"}), frozenset({"contact.email"}))
DENIED = Gate(
    [(0, Clauses({"news": Purpose("consent")}, {"inquiry": COLLECTED}))],
    {"news": 0},
).decide(Request("use", "contact.email", "news"), Facts(0))


class Row:
    def __init__(self, email):
        self.email = email


def render(text, value, **options):
    return Engine(**options).from_string(text).render(Context({"row": Row(value)}))


class Logs(logging.Handler):
    def emit(self, record):
        record.getMessage()


def log(value):
    logger = logging.Logger("only for this test")
    logger.addHandler(Logs())
    logger.warning("mail to %s", value)


class Contact(Form):
    email = CharField()


class Struct(msgspec.Struct):
    email: object


async def awaited(value):
    return await value


async def iterated(value):
    return [one async for one in value]


def unpacked(value):
    first, *_rest = value
    return first


def matched(value):
    match value:
        case "zoe@x.org":
            return True


def starred(value):
    return [*value]


def keyworded(value):
    return {**value}


def written(value):
    csv.writer(io.StringIO()).writerow([value])


USES = {
    # printing
    "str": str,
    "format": format,
    "f-string": lambda v: f"{v}",
    "f-string with a width": lambda v: f"{v:>40}",
    "f-string !s": lambda v: f"{v!s}",
    "percent": lambda v: "to %s" % v,  # noqa: UP031 - the old way must fail as well
    "percent with a tuple": lambda v: "to %s" % (v,),  # noqa: UP031 - as above
    "str.format": "to {}".format,
    "str.join": ",".join,
    "print": lambda v: print(v, file=io.StringIO()),
    "logging": log,
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "io.write": lambda v: io.StringIO().write(v),
    "csv": written,
    "fspath": os.fspath,
    # comparing
    "==": lambda v: v == SECRET,
    "== the other way": lambda v: operator.eq(SECRET, v),
    "== itself": lambda v: v == v,  # noqa: PLR0124 - even that
    "!=": lambda v: v != SECRET,
    "<": lambda v: v < SECRET,
    ">=": lambda v: operator.ge(SECRET, v),
    "in a list": lambda v: v in [SECRET],
    "a part in it": lambda v: "@" in v,
    "match": matched,
    "sorted": lambda v: sorted([v, v]),
    "max": lambda v: max(v, v),
    "list.index": [SECRET].index,
    "list.count": [SECRET].count,
    # testing
    "bool": bool,
    "if": lambda v: 1 if v else 2,
    "not": operator.not_,
    "and": lambda v: v and 1,
    "or": lambda v: v or 1,
    "any": lambda v: any([v]),
    "filter": lambda v: list(filter(None, [v])),
    "hash": hash,
    "set": lambda v: {v},
    "dict key": lambda v: {v: 1},
    "len": len,
    # numbers
    "int": int,
    "float": float,
    "index": operator.index,
    "round": round,
    "abs": abs,
    "neg": operator.neg,
    "array": lambda v: array.array("b", [v]),
    # taking apart and putting together
    "iter": iter,
    "list": list,
    "next": next,
    "reversed": lambda v: list(reversed(v)),
    "unpacking": unpacked,
    "star": starred,
    "double star": keyworded,
    "item": lambda v: v[0],
    "slice": lambda v: v[:3],
    "concatenation": lambda v: "x" + v,
    "concatenation, reversed": lambda v: v + "x",
    "repetition": lambda v: v * 2,
    "method": lambda v: v.lower(),
    "hasattr": lambda v: hasattr(v, "lower"),
    "getattr with a default": lambda v: getattr(v, "domain", ""),
    "setattr": lambda v: setattr(v, "x", 1),
    "set a slot": lambda v: setattr(v, "_decision", None),
    "delattr": lambda v: delattr(v, "_category"),
    "call": lambda v: v(),
    "with": lambda v: v.__enter__(),
    "await": lambda v: asyncio.run(awaited(v)),
    "async for": lambda v: asyncio.run(iterated(v)),
    # copying and pickling
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy inside": lambda v: copy.deepcopy({"email": [v]}),
    "pickle": pickle.dumps,
    "pickle, oldest": lambda v: pickle.dumps(v, 0),
    "pickle inside": lambda v: pickle.dumps(Row(v)),
    "signing": signing.dumps,
    # serialising
    "json": json.dumps,
    "json with default=str": lambda v: json.dumps({"email": v}, default=str),
    "json as a key": lambda v: json.dumps({v: 1}),
    "json of Django": lambda v: json.dumps({"email": v}, cls=DjangoJSONEncoder),
    "JsonResponse": lambda v: JsonResponse({"email": v}),
    "msgspec json": lambda v: msgspec.json.encode({"email": v}),
    "msgspec json, enc_hook=str": lambda v: msgspec.json.encode([v], enc_hook=str),
    "msgspec msgpack": lambda v: msgspec.msgpack.encode(Struct(v)),
    "msgspec to_builtins": lambda v: msgspec.to_builtins(Struct(v)),
    "msgspec convert": lambda v: msgspec.convert(v, str),
    "canonical JSON": lambda v: canonical.dumps({"email": v}),
    "model serializer, json": lambda v: serializers.serialize("json", [Group(name=v)]),
    "model serializer, xml": lambda v: serializers.serialize("xml", [Group(name=v)]),
    "model serializer, jsonl": lambda v: serializers.serialize("jsonl", [Group(name=v)]),
    # Django
    "{{ }}": lambda v: render("{{ row.email }}", v),
    "{{ }} without autoescape": lambda v: render("{{ row.email }}", v, autoescape=False),
    "{{ }} with string_if_invalid": lambda v: render("{{ row.email }}", v, string_if_invalid="-"),
    "{{ attribute }}": lambda v: render("{{ row.email.domain }}", v),
    "{{ index }}": lambda v: render("{{ row.email.0 }}", v),
    "|default": lambda v: render('{{ row.email|default:"none" }}', v),
    "|default_if_none": lambda v: render('{{ row.email|default_if_none:"none" }}', v),
    "|length": lambda v: render("{{ row.email|length }}", v),
    "|upper": lambda v: render("{{ row.email|upper }}", v),
    "|safe": lambda v: render("{{ row.email|safe }}", v),
    "|pprint": lambda v: render("{{ row.email|pprint }}", v),
    "{% if %}": lambda v: render("{% if row.email %}yes{% else %}no{% endif %}", v),
    "{% if not %}": lambda v: render("{% if not row.email %}yes{% endif %}", v),
    "{% if == %}": lambda v: render('{% if row.email == "zoe@x.org" %}yes{% endif %}', v),
    "{% for %}": lambda v: render("{% for letter in row.email %}x{% empty %}none{% endfor %}", v),
    "{% with %}": lambda v: render("{% with e=row.email %}{{ e }}{% endwith %}", v),
    "{% firstof %}": lambda v: render('{% firstof row.email "none" %}', v),
    "{% regroup %}": lambda v: render("{% regroup row.email by x as y %}{{ y }}", v),
    "conditional_escape": conditional_escape,
    "escape": escape,
    "format_html": lambda v: format_html("<b>{}</b>", v),
    "force_str": force_str,
    "slugify": slugify,
    "HttpResponse": HttpResponse,
    "header": lambda v: HttpResponse(headers={"X-Mail": v}),
    "admin display": lambda v: display_for_value(v, "-"),
    "bound form": lambda v: Contact({"email": v}).is_valid(),
    "form's initial value": lambda v: str(Contact(initial={"email": v})),
    "model_to_dict in a form": lambda v: str(
        Contact(initial={"email": model_to_dict(Group(name=v))["name"]})
    ),
    "full_clean": lambda v: Group(name=v).full_clean(
        validate_unique=False, validate_constraints=False
    ),
    "query": lambda v: str(Group.objects.filter(name=v).query),
    "Q": lambda v: hash(Q(name=v)),
}
TYPE_ERRORS = (TypeError, msgspec.ValidationError)
REFUSES_FIRST = {
    # These look at the type and refuse every unknown one before they ask the value anything.
    "str.join",
    "bytes",
    "bytearray",
    "memoryview",
    "io.write",
    "array",
    "json",
    "json as a key",
    "json of Django",
    "JsonResponse",
    "msgspec json",
    "msgspec msgpack",
    "msgspec to_builtins",
    "msgspec convert",
    "canonical JSON",
    "double star",
    "signing",
}
DJANGO_SWALLOWS = {"{% if not %}", "{% if == %}"}  # every exception of an operator is "false"
SHOWS_THE_MARK = {
    # Template engines and `__html__`: where the gate denied, a page shows that it is withheld.
    "{{ }}",
    "{{ }} without autoescape",
    "{{ }} with string_if_invalid",
    "|default",
    "|default_if_none",
    "|safe",
    "{% with %}",
    "{% firstof %}",
    "conditional_escape",
    "format_html",
}


@pytest.mark.parametrize("use", sorted(set(USES) - DJANGO_SWALLOWS))
def test_outside_a_scope_every_use_raises(use):
    refusals = (SealedError, *TYPE_ERRORS) if use in REFUSES_FIRST else SealedError
    with pytest.raises(refusals):
        USES[use](Sealed("contact.email", place="Inquiry.email"))


@pytest.mark.parametrize("use", sorted(DJANGO_SWALLOWS))
def test_what_django_swallows_counts_as_false_and_is_logged(use, caplog):
    assert USES[use](Sealed("contact.email", place="Inquiry.email")) == ""
    assert "G001" in caplog.text
    assert "Inquiry.email" in caplog.text


TEMPLATES_LOOK_AT_THE_MARK = {
    "{{ attribute }}",
    "{{ index }}",
    "|length",
    "|upper",
    "|pprint",
    "{% if %}",
    "{% if not %}",
    "{% if == %}",
    "{% for %}",
    "{% regroup %}",
}


@pytest.mark.parametrize("use", sorted(set(USES) - SHOWS_THE_MARK - TEMPLATES_LOOK_AT_THE_MARK))
def test_where_the_gate_denied_every_use_but_showing_the_mark_raises(use):
    refusals = (SealedError, *TYPE_ERRORS) if use in REFUSES_FIRST else SealedError
    with purpose("news"), pytest.raises(refusals):
        USES[use](Sealed("contact.email", DENIED, "Inquiry.email"))


@pytest.mark.parametrize("use", sorted(SHOWS_THE_MARK))
def test_where_the_gate_denied_a_page_shows_the_mark(use):
    with purpose("news"):
        shown = USES[use](Sealed("contact.email", DENIED, "Inquiry.email"))
    assert '<span class="kept-withheld">withheld</span>' in str(shown)


@pytest.mark.parametrize("use", sorted(TEMPLATES_LOOK_AT_THE_MARK))
def test_a_template_that_looks_closer_sees_the_mark_only(use):
    with purpose("news"):
        first = USES[use](Sealed("contact.email", DENIED, "Inquiry.email"))
        second = USES[use](Sealed("contact.phone", DENIED, "Inquiry.phone"))
    assert first == second
    assert SECRET not in first


@pytest.mark.parametrize("use", sorted(SHOWS_THE_MARK))
def test_the_mark_is_shown_in_a_scope_only(use):
    with pytest.raises(SealedError):
        USES[use](Sealed("contact.email", DENIED, "Inquiry.email"))


def test_repr_names_the_category_and_nothing_else():
    value = Sealed("contact.email", place="Inquiry.email")
    assert repr(value) == f"{value!r}" == ascii(value) == pprint.pformat(value)
    assert repr(value) == "<sealed contact.email>"
    assert repr([value]) == "[<sealed contact.email>]"


def test_it_says_what_it_is_without_opening():
    value = Sealed("contact.email", DENIED, "Inquiry.email")
    assert (value.category, value.decision, value.place) == (
        "contact.email",
        DENIED,
        "Inquiry.email",
    )
    assert isinstance(value, Sealed)
    assert isinstance(value.decision, Decision)
    assert not isinstance(value, str)
    assert value is not None


def test_the_error_teaches_what_to_do():
    with pytest.raises(SealedError) as outside:
        str(Sealed("contact.email", place="Inquiry.email"))
    assert "G001" in str(outside.value)
    assert "Inquiry.email" in str(outside.value)
    assert "@for_purpose" in str(outside.value)
    with pytest.raises(SealedError) as denied:
        str(Sealed("contact.email", DENIED))
    assert "G002" in str(denied.value)
    assert "no clause" in str(denied.value)


def test_nothing_in_python_or_django_swallows_the_error():
    swallowed = (
        AttributeError,
        LookupError,
        ValueError,
        TypeError,
        ArithmeticError,
        OSError,
        StopIteration,
        StopAsyncIteration,
        GeneratorExit,
        ImportError,
        RuntimeError,
    )
    assert not issubclass(SealedError, swallowed)
    with pytest.raises(SealedError) as caught:
        str(Sealed("contact.email"))
    assert getattr(caught.value, "silent_variable_failure", False) is False


def test_the_error_can_cross_processes():
    with pytest.raises(SealedError) as caught:
        str(Sealed("contact.email"))
    assert "G001" in "".join(traceback.format_exception(caught.value))


def test_every_special_method_that_a_text_has_is_refused():
    harmless = {
        "__class__",
        "__dir__",
        "__doc__",
        "__init__",
        "__init_subclass__",
        "__new__",
        "__repr__",
        "__sizeof__",
        "__subclasshook__",
        "__getattribute__",
        "__getnewargs__",
    }
    for name in sorted({name for name in dir(str) if name.startswith("__")} - harmless):
        assert type(Sealed).__name__ == "type"
        assert name in vars(Sealed), f"`{name}` of a text is not refused by Sealed"


def test_its_mark_is_translated_and_escaped():
    from kept.gate import sealed, word_for_withheld

    before = sealed._word, sealed._kind
    word_for_withheld(lambda: "<zurückgehalten>")
    try:
        with purpose("news"):
            shown = render("{{ row.email }}", Sealed("contact.email", DENIED))
    finally:
        word_for_withheld(*before)
    assert shown == '<span class="kept-withheld">&lt;zurückgehalten&gt;</span>'
