"""Policies in prose: complete, escaped, addressable, translatable, and readable."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from kept.policy import load, loads, prose, render

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "policies").glob("*.toml"))
EACH = pytest.mark.parametrize("file", POLICIES, ids=lambda one: one.stem)
MANY = (
    *("purposes", "collect", "cookies", "recipients", "never", "combine", "disclosures"),
    *("aggregates", "embeds", "rights", "holds", "statutes", "safeguards", "notices", "contacts"),
)


def document(file):
    policy = load(file).policy
    return policy, prose.document(policy)


class Elements(HTMLParser):
    """Ids, promises and tags of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.promises, self.tags, self.hrefs, self.text = [], [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.promises += [given["data-promise"]] if "data-promise" in given else []
        self.hrefs += [given["href"]] if "href" in given else []

    def handle_data(self, data):
        self.text += data


@EACH
def test_every_clause_has_exactly_one_sentence(file):
    policy, made = document(file)
    clauses = {f"{section}.{id}" for section in MANY for id in getattr(policy, section)}
    clauses |= {f"text.{id}" for id in policy.texts}
    ids = [one.id for one in made.sentences]
    assert len(ids) == len(set(ids))
    assert clauses <= set(ids)
    of_sections = {
        *MANY,
        "visits",
        "erasure",
        "backups",
        "signals",
        "age",
        "breach",
        "terms",
        "law",
    }
    general = {"signals.do-not-track", "signals.global-privacy-control"}
    general |= {"policy.agreement", "policy.places"}
    assert set(ids) - clauses <= of_sections | general


@EACH
def test_no_sentence_is_said_twice_and_each_is_whole(file):
    _, made = document(file)
    said = [re.sub(r"\W+", " ", part) for one in made.sentences for part in one.text.split(". ")]
    long = [part for part in said if len(part.split()) > 14]
    assert len(long) == len(set(long))
    for one in made.sentences:
        assert not re.search(r"[{}]|\s\s|\.\.|,,| \.|;\.|None(?! of it)", one.text), one
        assert one.group or ((one.text[0].isupper() or one.text[0] in "“") and one.text[-1] == ".")


@EACH
def test_dates_periods_and_places_are_written_for_people(file):
    _, made = document(file)
    text = " ".join([made.dates, *(one.text for one in made.sentences)])
    assert re.search(r"\d{1,2} [A-Z][a-z]+ \d{4}", made.dates)
    assert not re.search(r"\d{4}-\d{2}-\d{2}|\bP\d+[DMY]\b|worldwide|US-CA", text)


@EACH
def test_html_gives_each_sentence_its_anchor_and_promise(file):
    _, made = document(file)
    page = Elements(render.html(made))
    assert page.promises == [one.id for one in made.sentences]
    assert len(page.ids) == len(set(page.ids))
    assert {one.anchor for one in made.sections} <= set(page.ids)
    assert page.tags.count("h1") == 1
    for one in made.sentences:
        assert one.text in page.text


@EACH
def test_markdown_reads_back_as_the_same_words(file):
    _, made = document(file)
    page = Elements(MarkdownIt("commonmark").render(render.markdown(made)))
    assert set(page.ids) == {one.id for one in made.sentences}
    words = " ".join(page.text.split())
    for one in made.sentences:
        assert " ".join(one.text.split()) in words


HOSTILE = """<script>alert(1)</script>" onload='x' &amp; [a](javascript:b) `c` *d* {e} ${f} # g"""


def test_what_a_policy_says_cannot_become_markup():
    policy = loads(
        f"""
        [policy]
        site = '''{HOSTILE}'''
        version = "1"
        effective = 2026-01-01
        [purposes.answer]
        says = '''{HOSTILE}'''
        basis = "contract"
        [collect.inquiry]
        says = '''{HOSTILE}'''
        for = ["answer"]
        keep = "2 years"
        declining = '''{HOSTILE}'''
        required.email = "contact.email"
        [text.hostile]
        heading = '''{HOSTILE}'''
        says = '''{HOSTILE}'''
        [contacts.privacy]
        says = '''{HOSTILE}'''
        email = "privacy@example.org"
        """,
        "hostile.toml",
    ).policy
    made = prose.document(policy)
    page = Elements(render.html(made))
    known = {"article", "h1", "h2", "p", "section", "ul", "li", "a"}
    assert set(page.tags) == known
    assert HOSTILE in page.text
    assert page.hrefs == ["mailto:privacy@example.org"]
    marked = Elements(MarkdownIt("commonmark").render(render.markdown(made)))
    assert set(marked.tags) <= {"h1", "h2", "p", "ul", "li", "a", "em"}
    assert marked.hrefs == ["mailto:privacy@example.org"]
    assert HOSTILE in marked.text


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//example.org", "data:text/html,x", " /"])
def test_a_link_that_could_act_is_shown_as_text(href):
    said = prose.Sentence("terms", "Terms.", links=(prose.Link("here", href),))
    _, made = document(POLICIES[0])
    page = prose.Document(
        made.title, "x", "1", made.effective, None, "", "en", (prose.Section("a", "A", (said,)),)
    )
    assert "href" not in render.html(page)
    assert "](" not in render.markdown(page)


def test_headings_can_stand_below_those_of_a_page():
    _, made = document(POLICIES[0])
    tags = Elements(render.html(made, heading=2)).tags
    assert "h1" not in tags
    assert tags.count("h2") == 1
    assert tags.count("h3") == len(made.sections)


def test_every_text_of_ours_goes_through_the_hook():
    policy, plain = document(ROOT / "policies" / "usimprints.toml")
    with prose.translated_by(lambda text: re.sub(r"[^\W\d_](?![^{]*})", "x", text)):
        other = prose.document(policy)
        notice = prose.notice(policy, "inquiry").text
    for before, after in zip(plain.sentences, other.sentences, strict=True):
        assert before.text != after.text or before.id.startswith("safeguards."), before
    assert other.title.startswith("xxxxxxx xxxxxx xx ")
    assert "xxxxxxxx" in notice


def test_a_translation_with_other_places_falls_back_to_the_original():
    policy, plain = document(POLICIES[0])
    with prose.translated_by(lambda text: text.replace("{", "{no_")):
        assert prose.document(policy).sentences == plain.sentences


def test_texts_for_translators_are_literal_so_that_gettext_finds_them():
    named = {"_(category.label)", "_(taxonomy.category(key).yours)", "_(point.labels[field])"}
    named |= {"_(name_of(code))", "_(one.heading)", "_(one.storage)", "_(one.purpose_kind)"}
    for file in (ROOT / "src/kept/policy/prose").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                literal = isinstance(node.args[0], ast.Constant)
                assert literal or ast.unparse(node) in named, ast.unparse(node)


@EACH
def test_notices_say_all_that_is_asked_before_giving(file):
    policy, _ = document(file)
    for id, point in policy.collect.items():
        made = prose.notice(policy, id)
        assert [one.field for one in made.what] == list(point.asked)
        assert [one.required for one in made.what] == [one in point.required for one in point.asked]
        for item in made.what:
            assert item.label in made.text
        for use in made.purposes:
            assert use.says in made.text
        assert made.keep_text in made.text
        assert made.declining is None or made.declining in made.text
        consent = any(use.basis == "consent" for use in made.purposes)
        assert ("consent" in made.text) == consent
        assert (point.warranty or "") in made.text
        assert (point.licence or "") in made.text


def test_people_are_told_before_they_publish_that_others_can_collect_it():
    policy, _ = document(ROOT / "policies" / "usimprints.toml")
    notice = prose.notice(policy, "testimonial")
    assert notice.public
    assert notice.shown == ("name", "words")
    assert "everyone can read, copy and keep" in notice.text
    assert notice.recipients == ("everyone who visits the website",)


def test_a_notice_of_an_unknown_point_is_an_error():
    policy, _ = document(POLICIES[0])
    with pytest.raises(KeyError):
        prose.notice(policy, "nowhere")
