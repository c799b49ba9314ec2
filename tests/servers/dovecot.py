"""A real IMAP server: any user name may log in with one password, each into an empty mailbox."""

import getpass
import grp
import imaplib
import os
import re
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from pathlib import Path
from string import Template
from uuid import uuid4

import pytest

from servers.certificate import Certificate
from servers.parts import free_port, need


class Dovecot:
    """A server on 127.0.0.1: *port* plain, *tls_port* IMAPS, *lmtp_port* when LMTP is installed.

    Every test takes a fresh user() instead of cleaning a mailbox.
    """

    host = "127.0.0.1"
    password = "correct-horse"  # of mailboxes that live as long as the test

    def __init__(self, binary: str, certificate: Certificate) -> None:
        self._binary = binary
        self.certificate = certificate
        self.port, self.tls_port = free_port(), free_port()
        self.lmtp_port = free_port() if Path("/usr/lib/dovecot/lmtp").exists() else None
        # Under /tmp and short: a socket's path may have 107 characters, and pytest's own folders
        # are closed to Dovecot's users.
        self.folder = Path(tempfile.mkdtemp(prefix="dc-"))
        self.folder.chmod(0o755)
        self._is_root = os.geteuid() == 0
        self._user = "dovecot" if self._is_root else getpass.getuser()
        self._group = "dovecot" if self._is_root else grp.getgrgid(os.getegid()).gr_name
        self._mail = self.folder / "mail"
        self._mail.mkdir()
        self._own(self._mail)
        self._configuration = self.folder / "dovecot.conf"
        self._configuration.write_text(
            Template(_dialect(binary).read_text()).substitute(
                folder=self.folder,
                lmtp="lmtp" if self.lmtp_port else "",
                lmtp_port=self.lmtp_port or 0,
                # As root, Dovecot lowers itself to its own users; as anybody else it must be told
                # to stay who it is, and to leave out chroot, which only root may do.
                user=self._user,
                group=self._group,
                login_user="dovenull" if self._is_root else self._user,
                chroot="" if self._is_root else "chroot =",
                password=self.password,
                certificate=certificate.path,
                key=certificate.key,
                port=self.port,
                tls_port=self.tls_port,
            )
        )
        self._process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Serve; the mailboxes of before are still there."""
        with (self.folder / "out").open("wb") as out:
            self._process = subprocess.Popen(
                [self._binary, "-F", "-c", self._configuration],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        end = time.monotonic() + 60
        while True:
            try:
                # The port is open before anybody can answer; stopped in between, Dovecot waits
                # 5 s for processes that were still on their way up.
                imaplib.IMAP4(self.host, self.port, timeout=30).logout()
                return
            except (OSError, imaplib.IMAP4.error):
                if self._process.poll() is not None or time.monotonic() > end:
                    said = self.log()
                    self.remove()
                    raise AssertionError(f"Dovecot did not start:\n{said}") from None
            time.sleep(0.02)

    def stop(self) -> None:
        """Close every connection and stop serving. Safe to call twice."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)
            self._process = None

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder)

    def log(self) -> str:
        """What the server said."""
        files = [self.folder / "out", self.folder / "log"]
        return "".join(f.read_text(errors="replace") for f in files if f.exists())

    def user(self) -> str:
        """A user name that nobody has used, with an empty mailbox."""
        return f"u{uuid4().hex[:12]}"

    def deliver(self, user: str, raw: bytes) -> None:
        """Drop *raw*, byte for byte, into the inbox of *user*; clients that IDLE are woken."""
        box = self._mail / user
        for folder in (box, box / "tmp", box / "new", box / "cur"):
            if not folder.exists():
                folder.mkdir()
                self._own(folder)
        name = f"{time.time_ns()}.{uuid4().hex}.test"
        (box / "tmp" / name).write_bytes(raw)
        self._own(box / "tmp" / name)
        (box / "tmp" / name).rename(box / "new" / name)

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Deliver by LMTP, as a mail server would: with Return-Path and Delivered-To."""
        need("lmtp", "dovecot-lmtpd")
        with smtplib.LMTP(self.host, self.lmtp_port or 0, timeout=30) as lmtp:
            lmtp.sendmail(sender, [recipient], raw)

    def mails(self, user: str) -> list[bytes]:
        """The mails in the inbox of *user*, oldest first, read or not."""
        box = self._mail / user
        files = [*(box / "new").glob("*"), *(box / "cur").glob("*")]
        # Not by name: the first number of a name has nanoseconds here, seconds by LMTP.
        files.sort(key=lambda f: (f.stat().st_mtime_ns, re.sub(r":.*", "", f.name)))
        return [f.read_bytes() for f in files]

    def _own(self, path: Path) -> None:
        if self._is_root:
            shutil.chown(path, self._user, self._group)


def _dialect(binary: str) -> Path:
    """The configuration in the words of the Dovecot that is here."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(number) for number in said.split()[0].split(".")[:2] if number.isdigit())
    name = "dovecot-2.4.conf" if version >= (2, 4) else "dovecot-2.3.conf"
    return Path(__file__).with_name(name)


@pytest.fixture(scope="session")
def dovecot(certificate):
    """A running Dovecot, one for each test process."""
    binary = need("dovecot", "dovecot-imapd")
    need("imap", "dovecot-imapd")
    server = Dovecot(binary, certificate)
    yield server
    server.remove()
