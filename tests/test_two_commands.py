"""`make run` and `make test`: what they install is locked, and what stops them has a name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import need

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( ; .+?)?(?= \\$)", re.M)

# An interpreter that makes environments of itself and writes down what pip was asked for.
INTERPRETER = """#!/bin/sh
case "$1 $2" in
"-V " | "--version ") echo "Python 3.{minor}.1" ;;
"-c import sys; sys.exit"*) [ {minor} -ge 11 ] ;;
"-c import sys; print"*) echo 3.{minor} ;;
"-c import pip") [ -e "$0.cfg" ] ;;
"-m venv")
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    touch "$3/pyvenv.cfg" "$3/bin/python.cfg" ;;
"-m pip")
    echo "$@" >>"{log}"
    exit "${{PIP_STATUS:-0}}" ;;
esac
"""


@pytest.fixture
def environment(tmp_path):
    """Run .ci/venv on a folder with a space in its name; see INTERPRETER."""
    log = tmp_path / "pip"

    def make(lock: str = "requirements.txt", minor: int = 12, **variables: str):
        python = tmp_path / f"python{minor}"
        python.write_text(INTERPRETER.format(minor=minor, log=log))
        python.chmod(0o755)
        return subprocess.run(
            [ROOT / ".ci/venv", lock, tmp_path / "an environment"],
            env={**os.environ, "PYTHON": str(python), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    make.folder = tmp_path / "an environment"
    make.installed = lambda: log.read_text().splitlines() if log.exists() else []
    return make


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(lock):
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", text, flags=re.M).strip())

    assert len(blocks) > 50
    assert [b for b in blocks if not PIN.match(b) or "--hash=sha256:" not in b] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_machine(lock):
    text = (ROOT / lock).read_text()

    assert re.findall(r"://|--\w*-?index|find-links|trusted-host| @ |^[/.]", text, re.M) == []


def test_the_tests_run_on_the_versions_that_people_run():
    run, dev = (set(PIN.findall((ROOT / lock).read_text())) for lock in LOCKS)

    assert run
    assert run - dev == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_asked_for_is_locked(lock):
    asked = (ROOT / lock.replace(".txt", ".in")).read_text()
    names = set(re.findall(r"^([\w.-]+)(?:\[\w+\])?[~>=]", asked, re.M))
    locked = {name for name, _version, _marker in PIN.findall((ROOT / lock).read_text())}

    assert names
    assert {name.replace(".", "-") for name in names} - locked == set()


def test_continuous_integration_runs_the_readers_command():
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line[:1] != "#"]

    assert [line for line in lines if "make" in line] == ["exec make test"]


def test_the_packages_are_installed_once_and_by_their_hashes(environment):
    first, second = environment(), environment()

    assert (first.returncode, second.returncode) == (0, 0)
    [call] = environment.installed()
    assert "--require-hashes -r requirements.txt" in call
    assert second.stdout + second.stderr == ""


def test_a_changed_lock_is_installed(environment):
    environment()
    (environment.folder / ".installed-requirements.txt").write_text("another lock\n")

    environment()

    assert len(environment.installed()) == 2


def test_a_start_after_the_tests_installs_nothing(environment):
    environment("requirements-dev.txt")
    environment("requirements.txt")

    [call] = environment.installed()
    assert "requirements-dev.txt" in call


def test_a_broken_install_is_made_again(environment):
    broken = environment(PIP_STATUS="1")
    (environment.folder / "half-written").touch()
    mended = environment()

    assert broken.returncode == 1
    assert "Run make again" in broken.stderr
    assert "did not finish" in mended.stderr
    assert mended.returncode == 0
    assert not (environment.folder / "half-written").exists()


def test_a_folder_that_is_no_environment_is_left_alone(environment):
    environment.folder.mkdir()
    (environment.folder / "letters").write_text("mine")

    refused = environment()

    assert refused.returncode == 1
    assert "is not a Python environment" in refused.stderr
    assert (environment.folder / "letters").read_text() == "mine"


def test_a_python_that_is_too_old_is_named(environment):
    refused = environment(minor=9)

    assert refused.returncode == 1
    assert "needs Python 3.11 or newer; this machine has: Python 3.9.1" in refused.stderr
    assert not environment.folder.exists()


def test_what_cannot_be_installed_is_said_by_name(tmp_path):
    # A machine without Chromium whose apt-get fails; as an ordinary user it is not even asked.
    for tool in ["sh", "dirname", "find", "grep", "ls", "id", "env", "mktemp", "rm", "tail"]:
        (tmp_path / tool).symlink_to(shutil.which(tool))
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (tmp_path / "apt-get").chmod(0o755)

    said = subprocess.run(
        [ROOT / ".ci/parts"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )

    assert said.returncode == 0
    assert "chromium: the tests in a real browser" in said.stdout
    assert re.search(r"apt-get install .*\bchromium\b", said.stdout)


def test_a_missing_part_skips_the_test_by_name(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="package some-package is not installed"):
        need("no-such-binary", "some-package")


def test_with_ci_a_missing_part_is_a_failure(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="package some-package is not installed"):
        need("no-such-binary", "some-package")


def test_the_tests_that_did_not_run_are_listed(tmp_path, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "from servers.parts import need, pytest_terminal_summary\n"
        "@pytest.fixture(scope='session')\n"
        "def part(): return need('no-such-binary', 'some-package')\n"
    )
    (tmp_path / "test_it.py").write_text("def test_one(part): ...\ndef test_two(part): ...\n")
    said = subprocess.run(
        [sys.executable, "-m", "pytest",
         "-q", "-p", "no:cacheprovider", "-p", "no:playwright", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    ).stdout  # fmt: skip

    assert "Debian package some-package is not installed (no no-such-binary):" in said
    assert "test_it.py::test_one\n" in said
    assert "test_it.py::test_two\n" in said
    assert said.splitlines()[-1].startswith("2 skipped")
