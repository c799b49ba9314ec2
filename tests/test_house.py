"""Who may import whom: everything goes left, and the pure rooms stay pure."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("app", "incidents", "notifications")
PURE = [
    *sorted((ROOT / "incidents" / "law").glob("*.py")),
    ROOT / "incidents" / "workflow.py",
    ROOT / "incidents" / "intake.py",
]
CODE = [
    file for part in ("incidents", "notifications") for file in sorted((ROOT / part).rglob("*.py"))
]


def imported(file: Path) -> set[str]:
    """The dotted names a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative path"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", PURE, ids=name_of)
def test_the_pure_rooms_import_the_standard_library_and_each_other_only(file):
    for name in imported(file):
        top = name.split(".")[0]
        pure = name.startswith(("incidents.law", "incidents.workflow", "incidents.intake"))
        assert top in sys.stdlib_module_names or pure or name == "incidents", name


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_the_case_knows_nothing_of_the_post_room_and_nobody_knows_the_app(file):
    tops = {name.split(".")[0] for name in imported(file)}

    assert "app" not in tops
    if file.is_relative_to(ROOT / "incidents"):
        assert "notifications" not in tops


# From left to right, as docs/house.md draws it. A room imports rooms to its left, never right.
FLOORS = (
    ("incidents.law", "incidents.workflow", "incidents.intake"),
    ("incidents.db", "incidents.seal", "incidents.refusal", "incidents.models"),
    ("incidents.audit", "incidents.accounts"),
    ("incidents.actions",),
    ("incidents.forms", "incidents.views", "incidents.cli"),
)


def floor_of(name: str) -> int | None:
    for floor, rooms in enumerate(FLOORS):
        if any(name == room or name.startswith(f"{room}.") for room in rooms):
            return floor
    return None


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_a_room_imports_only_what_lies_to_its_left(file):
    here = floor_of(name_of(file).removesuffix(".py").replace("/", "."))
    if here is None:
        return
    for name in imported(file):
        there = floor_of(name)
        assert there is None or there <= here, f"{name_of(file)} reaches up to {name}"


@pytest.mark.parametrize("file", [*CODE, ROOT / "app.py"], ids=name_of)
def test_a_full_file_is_split_by_subject(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_no_room_is_named_after_nothing(file):
    assert file.stem not in ("utils", "helpers", "common", "misc", "manager")


@pytest.mark.parametrize("file", CODE, ids=name_of)
def test_only_the_question_itself_makes_the_proof_that_somebody_answered_it(file):
    calls = {
        getattr(node.func, "attr", getattr(node.func, "id", None))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }

    assert "Proof" not in calls or name_of(file) == "incidents/again.py"
