"""What pip cannot bring: found, or named. One place decides what a missing part means."""

import os
import shutil
import socket
from collections import defaultdict
from pathlib import Path

import pytest


def need(binary: str, package: str) -> str:
    """Return the path of *binary*, which Debian's *package* brings.

    When it is missing the test is skipped with one line that names the package; with CI=true it
    fails, since a test that silently did not run has shown nothing.
    """
    # Debian keeps these out of an ordinary user's PATH. The newest PostgreSQL comes first.
    clusters = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    places = [*clusters, "/usr/lib/dovecot", "/usr/local/sbin", "/usr/sbin", "/sbin"]
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)])
    found = shutil.which(binary, path=path)
    if found is None:
        lacking(f"Debian package {package} is not installed (no {binary})")
    return str(found)


def lacking(reason: str) -> None:
    """Skip the test for *reason*, or fail it when CI=true."""
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(f"not run: {reason}", pytrace=False)
    pytest.skip(reason)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pytest_terminal_summary(terminalreporter) -> None:
    """Name every test that did not run, under its reason, above the last line."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")].append(report.nodeid)
    if reasons:
        terminalreporter.section("not run")
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{reason}:")
        for test in sorted(tests):
            terminalreporter.write_line(f"    {test}")
