"""The post room: all mail, in and out. Knows incidents."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the child that reads mail imports this package too, and must start fast
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Set the post room up in an app: its mail, its jobs, its commands, what it warns of.

    Raises settings.BadSetting when TOCSIN_QUEUE names no queue.
    """
    # Here and not above, since most users of this package need one module of it. The outbox
    # and the single mails register their jobs by being imported, and so do the reminders.
    from notifications import (  # noqa: F401
        delivery,
        digest,
        gate,
        health,
        housekeeping,
        jobs,
        lists,
        mailbox,
        notices,
        post,
        pulse,
        reached,
        reminders,
    )
    from notifications.channels import made, paper, public, sheets  # noqa: F401
    from notifications.cli import mail
    from notifications.proof import dossiers  # noqa: F401
    from notifications.sending import outbox  # noqa: F401

    delivery.init_app(app)
    jobs.init_app(app)
    health.init_app(app)
    reached.init_app(app)
    app.extensions["to_approve"] = notices.waiting_for  # for Today, which knows nothing of letters
    jobs.beside(mailbox.watch)
    if app.config["SETTINGS"].lmtp:
        from notifications import lmtp  # only here: few have this door, and it brings 1.5 MB along

        lmtp.init_app(app)
        jobs.beside(lmtp.serve)
    app.cli.add_command(mail)
