"""Real servers for the tests: mailboxes, SMTP, PostgreSQL, a browser.

conftest.py makes the fixtures known to every test::

    from servers import *  # noqa: F403

Nothing here is a stand-in: each is the program that stands at the other end in production, on
loopback or in a socket of its own, in a temporary folder, as root or as an ordinary user.
"""

from servers.browser import base_url, browser_type_launch_args, complaints, context, live
from servers.certificate import Certificate, certificate, make_certificate
from servers.dovecot import Dovecot, dovecot
from servers.faulty import DROP, HANG, Faulty, Proxy, faulty, proxy
from servers.parts import free_port, need, pytest_terminal_summary
from servers.postgres import Postgres, postgres, postgres_server
from servers.smtp import ReceivedMail, SmtpSink, smtp_sink

__all__ = [
    "DROP",
    "HANG",
    "Certificate",
    "Dovecot",
    "Faulty",
    "Postgres",
    "Proxy",
    "ReceivedMail",
    "SmtpSink",
    "base_url",
    "browser_type_launch_args",
    "certificate",
    "complaints",
    "context",
    "dovecot",
    "faulty",
    "free_port",
    "live",
    "make_certificate",
    "need",
    "postgres",
    "postgres_server",
    "proxy",
    "pytest_terminal_summary",
    "smtp_sink",
]
