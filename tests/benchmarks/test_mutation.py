from pathlib import Path

from benchmarks.mutants import mutants
from benchmarks.mutation import Site, Verdict, sample, share_killed, try_mutant
from benchmarks.related_tests import related_tests

SHORT = '''"""How many of 3 fit."""


def fits(units: list[int], room: int = 10) -> list[int]:
    return [n for n in units if not n > room]
'''


def tree(root: Path, test: str) -> Path:
    """A project of one module and one test file."""
    (root / "src/tradewind/engine").mkdir(parents=True)
    (root / "src/tradewind/__init__.py").write_text("")
    (root / "src/tradewind/engine/__init__.py").write_text("")
    (root / "src/tradewind/engine/short.py").write_text(SHORT)
    (root / "tests/engine").mkdir(parents=True)
    (root / "tests/engine/test_short.py").write_text(f"from tradewind.engine.short import fits\n\n\n{test}\n")
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    return root


def test_a_mutant_changes_one_place_and_leaves_texts_and_annotations_alone():
    broken = {(m.line, m.label): m.applied(SHORT).splitlines()[m.line - 1].strip() for m in mutants(SHORT)}
    assert broken == {
        (4, "10 -> 11"): "def fits(units: list[int], room: int = (11)) -> list[int]:",
        (4, "10 -> 9"): "def fits(units: list[int], room: int = (9)) -> list[int]:",
        (5, "> -> >="): "return [n for n in units if not (n >= room)]",
        (5, "> -> <="): "return [n for n in units if not (n <= room)]",
        (5, "not removed"): "return [n for n in units if (n > room)]",
        (5, "condition of the comprehension dropped"): "return ([n for n in units])",
        (5, "returns its argument units"): "return units",
    }


def test_a_mutant_that_a_test_sees_is_killed_and_the_file_is_whole_again(tmp_path):
    root = tree(tmp_path, "def test_ten_fit():\n    assert fits([10, 11]) == [10]")
    kept = {m.label: m for m in mutants(SHORT)}
    found = try_mutant(root, Site("engine/short.py", kept["10 -> 11"]), {})
    assert (found.killed, found.how) == (True, "tests/engine/test_short.py::test_ten_fit")
    assert (root / "src/tradewind/engine/short.py").read_text() == SHORT


def test_a_mutant_that_no_test_sees_survives(tmp_path):
    root = tree(tmp_path, "def test_none_fit():\n    assert fits([]) == []")
    dropped = next(m for m in mutants(SHORT) if m.label == "> -> >=")
    assert not try_mutant(root, Site("engine/short.py", dropped), {}).killed


def test_the_same_seed_draws_the_same_lines_one_mutant_each(tmp_path):
    root = tree(tmp_path, "")
    assert sample(root, 5, seed=3) == sample(root, 5, seed=3)
    assert sorted(site.mutant.line for site in sample(root, 5, seed=3)) == [4, 5]


def test_the_mirrored_test_file_comes_first_then_those_that_import_the_module_then_the_room(tmp_path):
    root = tree(tmp_path, "")
    (root / "tests/engine/test_another.py").write_text("")
    for folder, name, imports in (
        ("core", "all", "from tradewind.engine import short"),
        ("core", "other", "import json"),
        ("app", "door", "from tradewind.engine.short import fits"),
    ):
        (root / "tests" / folder).mkdir(exist_ok=True)
        (root / "tests" / folder / f"test_{name}.py").write_text(f"{imports}\n")
    assert related_tests(root, root / "src/tradewind/engine/short.py", {}) == [
        "tests/engine/test_short.py",
        "tests/core/test_all.py",
        "tests/engine/test_another.py",
    ]


def test_the_share_has_an_interval_within_nought_and_one():
    site = Site("engine/short.py", mutants(SHORT)[0])
    told = [Verdict(site, killed=i < 9, how="", tests=[]) for i in range(10)]
    p, low, high = share_killed(told)
    assert (round(p, 3), round(low, 3), round(high, 3)) == (0.9, 0.596, 0.982)  # Wilson's, 9 of 10
