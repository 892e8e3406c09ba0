"""A host project with Django's admin, REST framework and Wagtail works on sealed models."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings import WORLD


@pytest.fixture(scope="module")
def results() -> dict[str, str]:
    """What became of each page of the host, in a process of its own."""
    if WORLD.engine == "postgresql":
        from tests.postgres import Cluster

        Cluster(Path(os.environ["KEPT_TEST_PG_DATA"])).create("kept_host")
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.hosts.run"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULTS ")]
    assert lines, done.stderr[-4000:]
    return json.loads(lines[0].removeprefix("RESULTS "))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "page",
    [
        "admin_list",
        "admin_search_by_the_exact_identifier",
        "admin_search_in_another_sealed_field_is_refused",
        "admin_sorting_by_a_sealed_column_is_refused",
        "admin_of_what_can_be_sorted_offers_no_other_column",
        "admin_add_change_delete_and_history_name_nobody",
        "admin_inline_texts_are_not_logged",
        "admin_bulk_action_logs_type_and_id",
        "admin_users",
        "rest_all_fields_leaves_sealed_ones_out",
        "rest_named_fields_read_and_write",
        "wagtail_lists_users",
        "wagtail_search_of_users_by_part_of_an_email_is_refused",
        "wagtail_edits_a_user",
    ],
)
def test_page(results: dict[str, str], page: str):
    assert results.pop(page) == "ok"


def test_no_page_is_left_untested(results: dict[str, str]):
    assert results == {}
