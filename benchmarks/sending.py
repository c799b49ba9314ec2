"""Sending, against Postfix's smtp-source at equal connections and against the usual libraries.

    python -m benchmarks.sending [--people N] [--repetitions N] [--connections 1 8 32]

All of it in one run, interleaved: each repetition sends by each sender once, in turn, to the same
sink. A ratio is that of one repetition; what is printed is the median of the ratios.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import tools, verify
from benchmarks.engines import Engine, Place, engines
from benchmarks.people import people

RIVALS = Path(__file__).parent / "rivals"
SAMPLE = 300  # mails that are looked at one by one, of each sender


def ours(place: Place, port: int, connections: int) -> dict[str, float]:
    """Send all of a prepared place; its rate, and CPU microseconds a mail of both processes."""
    took = tools.ours("benchmarks.ours", *place.words, "--port", port, "--connections", connections)
    assert took["state"] == "done", took
    busy = took["cpu"] + took["wire_cpu"]
    return {"rate": took["sent"] / took["seconds"], "cpu": 1e6 * busy / took["sent"]}


def rivals(port: int, work: Path, connections: int = 8) -> Iterator[tuple[str, float]]:
    """The usual libraries that are here, and what each reaches in mails per second."""
    modules = {
        "NODE_PATH": str(tools.PARTS / "node_modules"),
        "PYTHONPATH": str(tools.PARTS / "python"),
    }
    commands = {"Flask-Mail, kept connection": [sys.executable, RIVALS / "flask_mail_kept.py"]}
    if (tools.PARTS / "python" / "django").exists():
        commands["Django send_messages"] = [sys.executable, RIVALS / "django_send_messages.py"]
    if (tools.PARTS / "node_modules" / "nodemailer").exists():
        commands[f"nodemailer pool of {connections}"] = ["node", RIVALS / "nodemailer_pool.js"]
    for name, command in commands.items():
        words = [*map(str, command), str(port), str(work), str(connections)]
        took = json.loads(tools.output(words, **modules).splitlines()[-1])
        yield name, took["sent"] / took["seconds"]


def the_same_mails(engine: Engine, folder: Path, count: int) -> tuple[Path, Path]:
    """What the rivals send, as JSON, and one letter as a file for smtp-source: both taken from
    letters that our own sender sent. Says what is wrong with them, if anything is."""
    dump = folder / "sample"
    place = engine.prepare(SAMPLE)
    with tools.slow_sink(dump=dump) as port, engine.copy(place) as copy:
        ours(copy, port, 8)
    said("ours", verify.faults(verify.dump(dump), people(SAMPLE)))
    mails = {mail.to: mail for mail in verify.dump(dump)}
    texts = {}
    for person in people(3):
        text, page = (part.replace(person.name, "{name}") for part in mails[person.address].parts)
        texts[person.language] = {
            "subject": mails[person.address].subject,
            "text": text,
            "html": page,
        }
    work = {
        "from": "Example Training <privacy@training.example>",
        "sender": "privacy@training.example",
        "texts": texts,
        "people": list(people(count)),
    }
    (folder / "work.json").write_text(json.dumps(work), "utf-8")
    (folder / "few.json").write_text(json.dumps(work | {"people": list(people(SAMPLE))}), "utf-8")
    size = sum(mail.size for mail in mails.values()) / len(mails)
    tools.say(f"  mails of {size:,.0f} bytes on the wire, in {len(texts)} languages")
    whole = next(mail for mail in mails.values() if mail.size >= size)
    (folder / "letter").write_bytes(whole.raw.replace(b"\r\n", b"\n"))
    return folder / "work.json", folder / "letter"


def verified(folder: Path) -> None:
    """A sample by each rival, looked at one by one: nobody is fast by sending something else."""
    dump = folder / "rivals"
    with tools.slow_sink(dump=dump) as port:
        for name, _ in rivals(port, folder / "few.json"):
            said(name, verify.faults(verify.dump(dump), people(SAMPLE)))
            dump.write_bytes(b"")


def said(name: str, found: list[str]) -> None:
    """One line about a sample."""
    tools.say(f"  sample of {SAMPLE} by {name}: {len(found)} faults", *found[:3])


def compare(folder: Path, options: argparse.Namespace) -> None:
    """The fast sink: smtp-source, ours on both databases, the rivals."""
    with engines(folder, tuple(options.databases)) as both, tools.smtp_sink(options.port) as port:
        work, letter = the_same_mails(both[0], folder, options.rival_mails)
        verified(folder)
        prepared = [(engine, engine.prepare(options.people)) for engine in both]
        rates: dict[str, list[float]] = defaultdict(list)
        ratios: dict[str, list[float]] = defaultdict(list)
        best_ratios: list[float] = []
        tools.smtp_source(port, 8, options.people, letter)  # a first run is slow
        for _ in range(options.repetitions):
            fastest = 0.0
            for connections in options.connections:
                limit = tools.smtp_source(port, connections, options.people, letter)
                rates[f"smtp-source, {connections}"].append(limit)
                for engine, place in prepared:
                    with engine.copy(place) as copy:
                        took = ours(copy, port, connections)
                    tools.say(
                        f"  {connections} connections: smtp-source {limit:,.0f}, {engine.name} "
                        f"{took['rate']:,.0f} mails/s, {took['cpu']:.0f} us CPU a mail"
                    )
                    key = f"ours on {engine.name}, {connections}"
                    rates[key].append(took["rate"])
                    rates[f"{key}, CPU"].append(took["cpu"])
                    ratios[key].append(took["rate"] / limit)
                    if engine is both[0] and connections == 8:
                        fastest = took["rate"]
            found = dict(rivals(port, work))
            tools.say("  " + ", ".join(f"{name} {rate:,.0f}" for name, rate in found.items()))
            for name, rate in found.items():
                rates[name].append(rate)
            if fastest:
                best_ratios.append(fastest / max(found.values()))
        report(rates, ratios)
        if best_ratios:
            ratio = median(best_ratios)
            name = both[0].name
            tools.say(f"ours on {name}, 8 connections: {ratio:.1f} x the best rival (asked: 10)")


def report(rates: dict[str, list[float]], ratios: dict[str, list[float]]) -> None:
    """One line for each sender."""
    for name, found in rates.items():
        if name.endswith("CPU"):
            continue
        line = f"{name}: {median(found):,.0f} mails/s ({min(found):,.0f} to {max(found):,.0f})"
        if name in ratios:
            line += f", {median(ratios[name]):.2f} x smtp-source, "
            line += f"{median(rates[f'{name}, CPU']):.0f} us CPU a mail"
        tools.say(line)


def slow_relay(folder: Path, options: argparse.Namespace) -> None:
    """A relay with a round trip of 1 ms that takes 5 ms to commit a mail."""
    with (
        tools.slow_sink(rtt=0.001, commit=0.005) as port,
        engines(folder, ("sqlite",)) as (engine,),
    ):
        letter = folder / "letter"
        for connections in (8, 32):
            ratios, mine, limits = [], [], []
            count = min(options.people, 1_600 * connections)  # some 15 seconds
            place = engine.prepare(count)
            for _ in range(options.repetitions):
                limits.append(tools.smtp_source(port, connections, count, letter))
                with engine.copy(place) as copy:
                    mine.append(ours(copy, port, connections)["rate"])
                ratios.append(mine[-1] / limits[-1])
            tools.say(
                f"slow relay (1 ms, 5 ms), {connections} connections: ours {median(mine):,.0f}, "
                f"smtp-source {median(limits):,.0f} mails/s: {median(ratios):.2f} x (asked: 1.5)"
            )


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="benchmarks.sending")
    words.add_argument("--people", type=int, default=100_000)
    words.add_argument("--rival-mails", type=int, default=2_000)
    words.add_argument("--repetitions", type=int, default=5)
    words.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    words.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    words.add_argument("--port", type=int, default=2526)
    options = words.parse_args()
    if tools.postfix("smtp-source") is None:
        tools.say("smtp-source is not here (package postfix): sending is not measured")
        return
    tools.say(
        f"sending: {tools.machine()}; {options.people:,} people, "
        f"{options.repetitions} repetitions, interleaved"
    )
    with tools.folder() as folder:
        compare(folder, options)
        slow_relay(folder, options)


if __name__ == "__main__":
    main()
