"""Who is answerable in the demonstration: accounts, profile, service providers, mail server."""

from datetime import datetime, timedelta

from sqlalchemy import select

from incidents.actions import organisation, people
from incidents.db import db
from incidents.models import Organisation, User
from notifications import servers
from notifications.demo.plot import Plot, read

# Before the oldest of the stories.
FOUNDED = timedelta(days=250)
SENDER = "donnees@atelier-boreal.example"


def found(plot: Plot, port: int) -> None:
    """Make the company, as its controller would in the set-up, long before the first story."""
    at = plot.now - FOUNDED
    db.session.add(Organisation(id=1))
    for number, (key, account) in enumerate(plot.company["accounts"].items()):
        moment = at + timedelta(minutes=7 * number)
        token = people.set_up_token(moment)
        if token is None:
            token = people.invite(account["role"], plot.people["claire"], moment)
        plot.people[key] = people.accept(
            token, account["name"], account["email"], plot.password, moment
        )
        db.session.commit()
    claire = plot.people["claire"]
    organisation.change(plot.company["organisation"], claire, at + timedelta(hours=1))
    for row in plot.company["processors"]:
        values = {name: text for name, text in row.items() if name != "key"}
        saved = organisation.save_processor(None, values, claire, at + timedelta(hours=1))
        plot.processors[row["key"]] = saved.id
    catch(port, claire, at + timedelta(hours=2))
    db.session.commit()


def catch(port: int, by: User, at: datetime) -> None:
    """Let all mail go to the catcher on this machine. No commit."""
    row = servers.row("out")
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "username": "",
        "sender": SENDER,
        "per_minute": None,
        "connections": 4,
        "version": (row.version or 0) if row else 0,
    }
    servers.save("out", values, by, at)


def catch_again(port: int, at: datetime) -> None:
    """After a new start: if the catcher had to take another port, say so in the settings."""
    row = servers.row("out")
    if row is None or row.port != port:
        claire = db.session.scalar(select(User).where(User.role == "controller").order_by(User.id))
        assert claire is not None  # the company was founded with her
        catch(port, claire, at)
        db.session.commit()


def accounts() -> dict[str, dict[str, str]]:
    """The accounts by their short name: name, email, role."""
    return dict(read("company.toml")["accounts"])
