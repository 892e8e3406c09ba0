"""The console shows which promises are kept, and where data goes, without opening any."""

import csv
import io
import itertools
import re

import pytest

from kept import promises
from kept.console.datamap import HIGH, data_map
from kept.ledger.models import Outbox
from kept.promises.models import Proof, Run


def test_the_promises_are_listed_the_worst_first(desk, usimprints):
    promises.verify()
    Proof.objects.filter(promise="contacts.info").update(state="broken")
    text = desk.get("/console/promises/").content.decode()
    listed = re.findall(r'<tr id="([^"]+)"', text)
    states = {one.promise: one.state for one in Proof.objects.all()}
    assert states[listed[0]] == "broken"
    assert "contacts.info" in listed[: list(states.values()).count("broken")]
    assert set(listed) == {one.id for one in promises.promises_of(promises.current().policy)}


def test_looking_again_is_the_same_flow_as_the_command(desk, usimprints):
    desk.post("/console/promises/", {"promise": "contacts.info"})
    assert Proof.objects.get().promise == "contacts.info"
    desk.post("/console/promises/")
    assert Run.objects.filter(whole=True).count() == 1


def test_broken_promises_are_counted_on_every_page_of_the_console(desk, usimprints):
    promises.verify(["contacts.info"])
    Proof.objects.update(state="broken")
    assert "1 broken" in desk.get("/console/").content.decode()
    assert re.search(r"Promises</span> <span class=\"badge bad\">1", _page(desk))


def test_each_promise_stands_there_with_its_sentence_and_what_was_found_once(desk, usimprints):
    promises.verify()
    page = desk.get("/console/promises/").content.decode()
    row = re.search(r'<tr id="rights">.*?</tr>', page, re.DOTALL)[0]
    sentence = next(one for one in promises.standings() if one.promise.id == "rights").promise
    assert " ".join(sentence.sentence.split()[:10]) in row
    assert row.count("every table can be read") == 1


def test_a_first_look_that_finds_it_kept_turned_nothing(desk, usimprints):
    promises.verify(["contacts.info"])
    assert "What turned lately" not in desk.get("/console/promises/").content.decode()


def _page(desk):
    return desk.get("/console/visits/").content.decode()


def test_the_map_draws_every_clause_and_leads_to_it(desk, usimprints):
    policy = promises.current().policy
    drawn = data_map(policy)
    ids = {node.id for node in drawn.nodes}
    assert {f"purpose:{id}" for id in policy.purposes} <= ids
    assert {f"point:collect.{id}" for id in policy.collect} <= ids
    assert {f"recipient:{id}" for id in policy.recipients} <= ids
    assert {(edge.start, edge.end) for edge in drawn.edges} >= {
        ("data:contact.email", "point:collect.inquiry"),
        ("point:collect.inquiry", "purpose:answer-inquiry"),
        ("purpose:answer-inquiry", "keep:for 2 years"),
        ("purpose:publish-testimonial", "recipient:public"),
    }
    page = desk.get("/console/data/").content.decode()
    anchors = set(re.findall(r'href="/privacy/#([^"]+)"', page))
    posted = desk.get("/privacy/").content.decode()
    assert anchors
    assert {one for one in anchors if f'id="{one}"' not in posted} == set()


def test_boxes_of_one_column_do_not_overlap(usimprints):
    for column in range(5):
        nodes = [one for one in data_map(promises.current().policy).nodes if one.column == column]
        edges = sorted(node.y for node in nodes)
        assert all(below - above >= HIGH for above, below in itertools.pairwise(edges))


def test_the_record_of_processing_names_purpose_basis_recipients_and_keep(desk, usimprints):
    page = desk.get("/console/data/").content.decode()
    row = re.search(r"People leave a testimonial.*?</tr>", page, re.DOTALL)[0]
    for words in ("publish what you say about us", "consent", "everyone who visits", "served its"):
        assert words in row


def test_the_record_of_processing_is_handed_out_as_a_table_with_every_activity(desk, usimprints):
    policy = promises.current().policy
    answer = desk.get("/console/data/record.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"record-of-processing-{policy.meta.version}.csv" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert rows[0] == ["Controller", policy.meta.site]
    (head,) = (at for at, row in enumerate(rows) if row and row[0] == "Clause")
    clauses = [row[0] for row in rows[head + 1 :]]
    assert clauses == [*(f"collect.{id}" for id in policy.collect), "visits"]
    (row,) = (row for row in rows if row[:1] == ["collect.testimonial"])
    assert "publish what you say about us (consent)" in row[3]
    assert "everyone who visits" in row[4]


def test_a_long_name_in_the_map_takes_two_lines(usimprints):
    nodes = {node.whole: node for node in data_map(promises.current().policy).nodes}
    long = [node for whole, node in nodes.items() if 27 < len(whole) < 50]
    assert long
    assert all(" ".join(node.lines) == node.whole for node in long)


@pytest.mark.parametrize(
    "path", ["/console/promises/", "/console/data/", "/console/data/record.csv"]
)
def test_these_pages_open_nothing(desk, usimprints, path):
    before = Outbox.objects.count()
    assert desk.get(path).status_code == 200
    assert Outbox.objects.count() == before


@pytest.mark.parametrize(
    "path", ["/console/promises/", "/console/data/", "/console/data/record.csv"]
)
def test_strangers_see_neither(client, usimprints, path):
    assert client.get(path).status_code == 302
