"""`flask law`: JSON in, JSON out; what is wrong is named on standard error, and exit 2."""

import json

import pytest
from click.testing import CliRunner

from incidents.cli.law import MOST_BYTES, law
from tests.edpb import CASES


def run(*arguments, said=None):
    return CliRunner().invoke(law, arguments, input=said)


def test_facts_from_a_file_are_judged(tmp_path):
    stolen = next(facts for name, facts in CASES.items() if name.startswith("11"))
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(stolen.to_json()), "utf-8")

    done = run("assess", str(file), "--on", "2026-11-23")

    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert (answer["risk"], answer["on"]) == ("high", "2026-11-23")
    assert answer["subjects"]["duty"] is True


def test_facts_from_standard_input_are_judged():
    done = run("assess", "-", said="{}")

    answer = json.loads(done.stdout)
    assert (answer["risk"], answer["authority"]["certain"]) == ("undetermined", False)


def test_wrong_facts_are_named_with_what_is_allowed_and_nothing_else_is_printed():
    done = run("assess", "-", said='{"exfiltration": "maybe", "shoes": 2}')

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "exfiltration: must be null or one of: not_applicable, excluded" in done.stderr
    assert "shoes: is no fact" in done.stderr


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        "12",
        '{"malicious": tru}',
        b'{"actor": "\xff"}',
        "[" * 100_000,
        '{"subject_count": ' + "9" * 5000 + "}",
        '{"restoration_hours": NaN}',
        '{"actor": "' + "x" * MOST_BYTES + '"}',
    ],
    ids=range(11),
)
def test_what_is_no_facts_is_refused_without_a_trace(said):
    done = run("assess", "-", said=said)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert "xxxx" not in done.stderr, "what was given is not repeated"


def test_a_file_that_is_not_there_is_refused():
    done = run("assess", "/nowhere/facts.json")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "nowhere" in done.stderr


def test_the_deadline_is_printed_with_how_it_comes_about():
    done = run("deadline", "--aware", "2026-10-24T10:00+02:00")

    answer = json.loads(done.stdout)
    assert answer["target"] == "2026-10-27T09:00:00+01:00"
    assert answer["legal_limit"] == "2026-10-27T10:00:00+01:00"
    assert (answer["hours"], answer["zone"]) == (72, "Europe/Paris")
    assert len(answer["derivation"]) == 5
    assert answer["art_3_5_note"]["full_day"] == "2026-10-28T00:00:00+01:00"


def test_the_deadline_of_another_country_is_in_its_time():
    answer = json.loads(run("deadline", "--aware", "2026-06-02T09:12Z", "--country", "pt").stdout)

    assert answer["target"] == "2026-06-05T10:12:00+01:00"
    assert answer["art_3_5_note"]["part_day"] is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--aware", "2026-10-24T10:00"], "In Europe/Paris it would be 2026-10-24T10:00:00+02:00"),
        (["--aware", "2026-10-25T02:30"], "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"),
        (["--aware", "2026-10-25T02:30", "--country", "FI"], "without zone"),
        (["--aware", "2026-10-25T02:30[Europe/Paris]"], "comes twice"),
        (["--aware", "soon"], "no date and time"),
        (["--aware", "2026-10-24T10:00Z", "--country", "XX"], "Known: AT, BE"),
        ([], "--aware"),
    ],
)
def test_a_deadline_that_cannot_be_told_is_refused(arguments, why):
    done = run("deadline", *arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert why in done.stderr
