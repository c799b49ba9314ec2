"""The memory of the sender: the highest resident size of its process, by length of the list.

python -m benchmarks.memory [--people 10000 100000 1000000]
"""

import argparse

from benchmarks import tools
from benchmarks.engines import engines


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="benchmarks.memory")
    words.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    words.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    words.add_argument("--port", type=int, default=2527)
    options = words.parse_args()
    tools.say(f"memory of the sender: {tools.machine()}; 8 connections")
    with tools.folder() as folder, engines(folder, tuple(options.databases)) as both:
        try:
            with tools.smtp_sink(options.port) as port:
                _measure(both, options.people, port)
        except FileNotFoundError:  # without Postfix's sink by our own, which is slower
            with tools.slow_sink() as port:
                _measure(both, options.people, port)


def _measure(both: list, counts: list[int], port: int) -> None:
    for engine in both:
        for count in counts:
            place = engine.prepare(count)
            took = tools.ours("benchmarks.ours", *place.words, "--port", port)
            assert took["state"] == "done", took
            tools.say(
                f"{engine.name}, {count:,} people: at most {took['rss_mb']:.0f} MB "
                f"(asked: 100), {took['sent'] / took['seconds']:,.0f} mails/s"
            )


if __name__ == "__main__":
    main()
