"""Runs a piece of work in a process of its own and lets one system call kill it, or fail.

    strace -f -p PROCESS -e inject=CALL:signal=SIGKILL:when=N

The process is a fork of this one, in which all is imported already: only the work itself is
swept, and a round takes tenths of a second. The N-th call is counted in each thread by itself, and
in each process that it starts; one that outlives it comes to us, and is waited for.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What a program asks of the disk and of the network; each is counted by itself.
CALLS = (
    "sendto", "sendmsg", "fsync", "fdatasync", "pwrite64", "write", "writev", "rename", "unlink",
    "ftruncate", "read", "recvfrom",
)  # fmt: skip
DISK = ("write", "pwrite64", "fsync", "fdatasync")


@dataclass(frozen=True)
class Blow:
    """What happens at the N-th `call`: "signal=SIGKILL" or "error=EIO"; for ever after: `on`."""

    call: str
    number: int
    what: str = "signal=SIGKILL"
    on: bool = False

    @property
    def words(self) -> str:
        return f"inject={self.call}:{self.what}:when={self.number}{'+' if self.on else ''}"


class Child:
    """A fork that gets ready, waits to be let go, then does its work and ends.

    `prepare` is called in it and returns the work itself, the only part that is swept.
    """

    def __init__(
        self,
        prepare: Callable[[], Callable[[], None]],
        log: Path,
        env: dict[str, str] | None = None,
    ) -> None:
        waiting, self._go = os.pipe()
        self._ready, ready = os.pipe()
        self._trace = log.with_suffix(".trace")
        self._status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:  # the child never returns from here
            code = 1
            try:
                os.close(self._go)
                out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                os.dup2(out, 1)
                os.dup2(out, 2)
                os.environ.update(env or {})
                work = prepare()
                os.write(ready, b"x")
                os.read(waiting, 1)
                work()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(waiting)
        os.close(ready)
        os.read(self._ready, 1)
        os.close(self._ready)

    def attach(self, blow: Blow) -> None:
        """Let strace stand behind it with a blow."""
        self._trace.unlink(missing_ok=True)
        command = ["strace", "-f", "-e", f"trace={blow.call}", "-e", blow.words]
        self._strace = subprocess.Popen(
            [*command, "-o", str(self._trace), "-p", str(self.pid)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._strace.stderr is not None
        said = self._strace.stderr.readline()
        assert "attached" in said, said

    def go(self) -> None:
        """Let it begin, unless it is dead already: to wait for this word is a call, too."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._go, b"x")
        os.close(self._go)

    def ended(self, seconds: float) -> int:
        """Its exit status, negative for a signal; a child that is still alive by then is killed
        and counts as -99: hung."""
        end = time.monotonic() + seconds
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self._status = -99
            else:
                time.sleep(0.005)
        strace = getattr(self, "_strace", None)
        if strace is not None:
            strace.stderr.close()
            if strace.poll() is None:
                try:
                    strace.wait(5)
                except subprocess.TimeoutExpired:
                    strace.kill()
                    strace.wait()
        return self._status

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status is None

    def kill(self, with_all: bool = False) -> None:
        """End it by force, and at the same moment what it started, too, if `with_all`."""
        below = children(self.pid) if with_all else []
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @property
    def was_hit(self) -> bool:
        """Whether the blow fell."""
        fell = "INJECTED" in self._traced or "killed by SIGKILL" in self._traced
        return killed(self._status or 0) or fell

    @property
    def struck_below(self) -> int:
        """How many of the processes that it started had a call that failed."""
        hit = {line.split()[0] for line in self._traced.splitlines() if "INJECTED" in line}
        return len(hit - {str(self.pid)})

    @property
    def _traced(self) -> str:
        return self._trace.read_text(errors="replace") if self._trace.exists() else ""


def adopt() -> None:
    """Let what outlives its parent come to this process."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def children(pid: int) -> list[int]:
    """What a process has started and still runs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def orphans_end(seconds: float) -> None:
    """Wait until nothing of ours runs any more that a dead worker left behind."""
    end = time.monotonic() + seconds
    for pid in children(os.getpid()):
        command = Path(f"/proc/{pid}/cmdline")
        while command.exists() and b"notifications." in command.read_bytes():
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.005)


def killed(status: int) -> bool:
    """Whether a child died by the blow."""
    return status == -signal.SIGKILL


def numbers(quick: bool) -> Iterator[int]:
    """1, 2, 3 and so on; in the quick form with growing gaps."""
    number = 1
    while True:
        yield number
        number += 1 if not quick or number < 4 else max(2, number // 2)
