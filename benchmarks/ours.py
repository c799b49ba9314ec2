"""Our sender, measured: sends all that waits in a prepared folder, and prints what it took.

    python -m benchmarks.ours FOLDER --port 25 --connections 8 [--database URL]

The span begins with the call of the worker's own job and ends when no letter is on its way: the
check of the approval, the making of the letters, and all bookkeeping are in it, and so is the start
of the process that has the wire; starting the program is not.
"""

import argparse
import contextlib
import json
import resource
import time
from pathlib import Path

from benchmarks import stage
from benchmarks.memory import Memory
from incidents.db import db
from notifications import runs
from notifications.models import Notice
from notifications.sending import outbox


def send_all() -> int:
    """Do the worker's job until it finds nothing to send; returns how many letters left."""
    sent = 0
    while (tally := outbox.deliver()).sent:
        sent += tally.sent
    return sent


def main() -> None:
    """Send, and print one line of JSON."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--connections", type=int, default=8)
    words.add_argument("--database")
    words.add_argument("--memory", action="store_true", help="look at it, which takes time")
    options = words.parse_args()
    app = stage.application(options.folder, options.database)
    with app.app_context():
        stage.aim(options.port, options.connections)
        begun, busy = time.perf_counter(), time.process_time()
        with Memory() if options.memory else contextlib.nullcontext() as memory:
            sent = send_all()
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
        wire = resource.getrusage(resource.RUSAGE_CHILDREN)  # the only child there was
        notice = db.session.query(Notice).one()
        print(json.dumps({
            "sent": sent, "seconds": seconds, "cpu": busy, "state": notice.state,
            "counts": runs.counts(notice), "wire_cpu": wire.ru_utime + wire.ru_stime,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "wire_rss_mb": memory.child if memory else None,
            "both_mb": memory.most if memory else None,
        }))  # fmt: skip


if __name__ == "__main__":
    main()
