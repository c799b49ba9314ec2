"""`make sweep`: all kill sweeps one after the other, or those that are named.

python -m benchmarks.sweep [--quick] [--minutes 30] [letters form mailbox]
"""

import argparse
import shutil
import subprocess
import sys

from benchmarks import tools

PARTS = ("letters", "form", "mailbox")


def main() -> int:
    """Sweep; 1 when anything was lost, doubled or misdirected."""
    words = argparse.ArgumentParser(prog="make sweep")
    words.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    words.add_argument("--quick", action="store_true", help="with gaps, in a few minutes")
    words.add_argument("--minutes", type=float, help="for all together")
    options = words.parse_args()
    if wrong := set(options.parts) - set(PARTS):
        words.error(f"no such part: {', '.join(sorted(wrong))}")
    if shutil.which("strace") is None:
        tools.say("strace is not here (package strace): nothing can be swept")
        return 1
    parts = options.parts or PARTS
    minutes = (options.minutes or (6 if options.quick else 45)) / len(parts)
    failed = 0
    for name in parts:
        tools.say(f"\n== {name}, at most {minutes:.0f} minutes")
        command = [sys.executable, "-m", f"benchmarks.sweep.{name}", "--minutes", str(minutes)]
        command += ["--quick"] if options.quick else []
        failed += subprocess.run(command, cwd=tools.ROOT, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
