"""What runs in the background: huey only wakes, the database is the truth.

Functions register by `@periodic(seconds)` and run in an app context, each at most once at a time
in a process, and each safe to run twice: a job that is lost is done by the next round. `wake`
runs one of them soon, in whichever process the worker lives.
"""

import logging
import os
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app, has_app_context
from sqlalchemy import delete, event, update
from sqlalchemy.orm import Session

from incidents.db import db, now
from incidents.settings import BadSetting
from notifications.models import Worker

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)

BEAT = 20  # seconds between two signs of life
FORGOTTEN = timedelta(days=1)  # after which a worker that is gone leaves the list
THREADS = 3  # a long run of letters takes one; single mails go on beside it
PATIENCE = 15  # seconds that jobs have to end when the worker is told to stop

Job = TypeVar("Job", bound=Callable[..., Any])
service = Callable[[Flask, threading.Event], None]
_jobs: dict[str, tuple[float, Callable[[], Any]]] = {}
_services: dict[str, service] = {}
_name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def periodic(seconds: float) -> Callable[[Job], Job]:
    """Run a function every so many seconds while a worker lives. Its name for `wake` is
    "module.function", without the package."""

    def register(function: Job) -> Job:
        _jobs[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = seconds, function
        return function

    return register


def beside(function: service) -> service:
    """Run `function(app, stop)` in a thread of its own while a worker lives: it waits for
    something that no clock tells, and returns soon after `stop` is set."""
    _services[f"{function.__module__}.{function.__name__}"] = function
    return function


def name() -> str:
    """The name of this process among workers; a fork has another, and keeps it."""
    global _name
    host, pid, _ = _name.split(":")
    if pid != str(os.getpid()):
        _name = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
    return _name


def stopping() -> bool:
    """Whether the worker of this process was told to stop: long jobs ask between two letters."""
    return current_app.extensions["jobs"].stop.is_set()


def wake(what: str) -> None:
    """Run a registered function soon. A queue that cannot be reached only delays it."""
    try:
        current_app.extensions["jobs"].enqueue(what)
    except Exception as error:  # the sweep finds the work; whoever made it must not fail
        log.warning("The queue could not be reached: %s", type(error).__name__)


def wake_after_commit(what: str) -> None:
    """As `wake`, once the present transaction is stored."""
    db.session.info.setdefault("wake", set()).add(what)


def run_once(app: Flask) -> None:
    """Run every registered function once, here and now, in the order they registered."""
    for _, function in list(_jobs.values()):
        with app.app_context():
            function()


class Jobs:
    """The queue of one app, opened when it is first needed, and the worker beside it, if any."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stop = threading.Event()
        self._running: dict[str, threading.Lock] = {}
        self._huey: Huey | None = None
        self._task: Any = None
        self._opening = threading.Lock()

    @property
    def huey(self) -> "Huey":
        from notifications.queues import make_huey  # only when the queue is opened: see there

        with self._opening:
            if self._huey is None:
                self._huey = make_huey(self.app.config["SETTINGS"].queue, self.app.secret_key)
                self._task = self._huey.task(name="work")(self.run)
        return self._huey

    def enqueue(self, what: str) -> None:
        """Put the name of a job on the queue; it is all that a queue ever holds."""
        storage = self.huey.storage
        self._task(what)
        storage.close()

    def run(self, what: str) -> None:
        """Run a job, unless it runs in this process already; that one, or the next round, sees
        to what has come up since. Never raises."""
        running = self._running.setdefault(what, threading.Lock())
        if what not in _jobs or not running.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                _jobs[what][1]()
        except Exception as error:
            # Not what the error says: that may hold somebody's words or address.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno}"
            log.error("%s failed: %s at %s", what, type(error).__name__, where)
        finally:
            running.release()

    def keep_time(self) -> None:
        """Start each periodic job when its time comes, and give a sign of life, until stopped."""
        due = dict.fromkeys(_jobs, 0.0)
        beat = 0.0
        while not self.stop.is_set():
            moment = time.monotonic()
            if moment >= beat:
                beat = moment + BEAT
                self._beat()
            for what, (seconds, _) in list(_jobs.items()):
                if moment >= due.setdefault(what, 0.0):
                    due[what] = moment + seconds
                    threading.Thread(target=self.run, args=(what,), name=what, daemon=True).start()
            self.stop.wait(0.5)
        self._beat(last=True)

    def _beat(self, last: bool = False) -> None:
        try:
            with self.app.app_context():
                beat(last)
        except Exception as error:
            log.error("No sign of life could be stored: %s", type(error).__name__)


def beat(last: bool = False) -> None:
    """Write down that this worker lives, or, at the end, that it left in good order. Commits."""
    at, own = now(), Worker.name == name()
    if last:
        db.session.execute(delete(Worker).where(own))
    elif not db.session.scalar(update(Worker).where(own).values(seen_at=at).returning(Worker.name)):
        db.session.execute(delete(Worker).where(Worker.seen_at < at - FORGOTTEN))
        db.session.add(Worker(name=name(), started_at=at, seen_at=at))
    db.session.commit()


def start(app: Flask) -> Callable[[], None]:
    """Start the worker in threads beside the caller; returns what stops it in good order.

    Stopping lets the letter under way end and waits at most 15 seconds.
    """
    from notifications.queues import QuietConsumer  # only in a worker: see there

    jobs: Jobs = app.extensions["jobs"]
    jobs.stop.clear()
    logging.getLogger("huey").setLevel(logging.WARNING)
    consumer = QuietConsumer(
        jobs.huey, workers=THREADS, periodic=False, max_delay=0.5, shutdown_timeout=PATIENCE
    )
    threads = [threading.Thread(target=consumer.run, name="queue", daemon=True)]
    threads.append(threading.Thread(target=jobs.keep_time, name="clock", daemon=True))
    for what, function in _services.items():
        args = (app, jobs.stop)
        threads.append(threading.Thread(target=function, args=args, name=what, daemon=True))
    for thread in threads:
        thread.start()

    def stop() -> None:
        jobs.stop.set()
        consumer.stop(graceful=True)
        end = time.monotonic() + PATIENCE
        periodic_ones = [thread for thread in threading.enumerate() if thread.name in _jobs]
        for thread in (*threads, *periodic_ones):
            thread.join(max(0.0, end - time.monotonic()))

    return stop


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for what in session.info.pop("wake", ()):
        if has_app_context():
            wake(what)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop("wake", None)


def check_queue(setting: str) -> None:
    """Raise BadSetting when TOCSIN_QUEUE names no engine. Opens nothing."""
    file = setting.removeprefix("sqlite:")
    if file == "" or not setting.startswith(("sqlite:", "postgresql://", "redis://", "rediss://")):
        raise BadSetting(
            "TOCSIN_QUEUE names no queue. Leave it out for a file beside the database, or\n"
            "    TOCSIN_QUEUE=sqlite:/path/to/queue.db\n"
            "    TOCSIN_QUEUE=postgresql://user:password@host/database\n"
            "    TOCSIN_QUEUE=redis://host:6379/0"
        )


def init_app(app: Flask) -> None:
    """Give the app its queue. Raises settings.BadSetting when TOCSIN_QUEUE names none."""
    check_queue(app.config["SETTINGS"].queue)
    app.extensions["jobs"] = Jobs(app)
