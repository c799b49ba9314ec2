"""`make bench`: all measurements one after the other, or those that are named.

python -m benchmarks [--quick] [sending memory pages reporters importing proof]
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks import tools

# Each is a program of its own; the words are for the quick form.
PARTS = {
    "sending": ["--people", "5000", "--repetitions", "1", "--rival-mails", "500"],
    "memory": ["--people", "1000", "10000"],
    "pages": ["--people", "20000"],
    "reporters": ["--reporters", "60", "--seconds", "8"],
    "importing": ["--quick"],
    "proof": ["--people", "5000"],
}


def main() -> int:
    """Run them; 1 when one of them could not be run to its end."""
    words = argparse.ArgumentParser(prog="make bench")
    words.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    words.add_argument("--quick", action="store_true", help="small numbers: does it run at all?")
    options = words.parse_args()
    if wrong := set(options.parts) - set(PARTS):
        words.error(f"no such part: {', '.join(sorted(wrong))}")
    failed = 0
    for name in options.parts or PARTS:
        if not (Path(__file__).parent / f"{name}.py").exists():
            continue
        tools.say(f"\n== {name}")
        more = PARTS[name] if options.quick else []
        command = [sys.executable, "-m", f"benchmarks.{name}", *more]
        failed += subprocess.run(command, cwd=tools.ROOT, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
