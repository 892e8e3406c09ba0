"""What benchmarks found stands in the documentation, written there by a program."""

from tools import benched

ROW = {
    "id": "B7", "work": "a person with 61 rows erased whole, sqlite (3.1 ms, wall)",
    "unit": "times",
    "figure": 3.44, "limit": 5, "low": 3.3, "high": 3.7, "at_least": False, "wrong": 0, "met": True,
}  # fmt: skip
OTHER = {**ROW, "work": ROW["work"].replace("sqlite", "postgresql"), "figure": 7.0, "met": False}
PAGE = f"before\n{benched.BEGIN}\n{benched.END}\nafter\n"


def test_the_engines_stand_side_by_side():
    (line,) = benched.lines([ROW, OTHER])
    times = "\N{MULTIPLICATION SIGN}"
    assert line.text() == (
        f"| B7 | a person with 61 rows erased whole | ≤ 5{times} "
        f"| 3.44{times} (3.3 to 3.7), **met** | 7{times} (3.3 to 3.7) |"
    )


def test_what_was_not_measured_again_stays():
    once = benched.written(PAGE, benched.lines([ROW, {**ROW, "id": "B10"}]))
    again = benched.written(once, benched.lines([{**ROW, "figure": 9.0, "met": False}, OTHER]))
    assert again.count("| B10 |") == 1
    assert again.count("| B7 |") == 1
    assert "3.44" not in again.partition("| B10 |")[0]
    assert again.startswith("before\n")
    assert again.endswith("\nafter\n")
    assert benched.written(again, []) == again


def test_every_target_stands_on_the_page_of_performance():
    page = benched.PAGES["B"].read_text("utf-8")
    assert [number for number in range(1, 17) if f"\n| B{number} |" not in page] == []


def test_the_guide_to_sizes_has_its_figures():
    assert "\n| size |" in benched.PAGES["size"].read_text("utf-8")
