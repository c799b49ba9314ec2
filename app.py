"""The whole application: `create_app()` puts it together, `python app.py` serves it."""

import argparse
import signal
import sys
from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

import notifications
import notifications.models  # its tables belong to the migrations
from incidents import (
    accounts,
    audit,
    errors,
    pages,
    schema,
    seal,
    serving,
    sessions,
    settings,
    throttle,
    translations,
    uploads,
)
from incidents.actions.people import set_up_token
from incidents.cli.audit import audit as audit_commands
from incidents.cli.backup import backup as backup_commands
from incidents.cli.compare import law as law_commands  # the whole group
from incidents.db import db, now
from incidents.files.scanner import Scanner
from incidents.views import bp as case_pages
from incidents.views.accounts import bp as account_pages
from notifications import jobs
from notifications.post import PostRoom
from notifications.views import bp as post_room_pages

ROOT = Path(__file__).parent


def create_app(config: settings.Settings | None = None) -> Flask:
    """The application for one set of settings; from the environment when none are given.

    Raises settings.BadSetting when a setting cannot be used.
    """
    config = config or settings.load(ROOT)
    app = Flask(__name__, instance_path=str(config.instance))
    secure = config.url.startswith("https://")
    if config.clamd:
        Scanner(config.clamd)  # a wrong setting stops the start, not the first file
    app.config.from_mapping(
        SETTINGS=config,
        SECRET_KEY=config.secret_key,
        DATA_KEYS=config.data_keys,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": not config.database_url.startswith("sqlite"),
            "hide_parameters": True,  # what people wrote never stands in an error message
        },
        TRUSTED_HOSTS=config.hosts,
        MAX_CONTENT_LENGTH=config.request_limit,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="__Host-tocsin" if secure else "tocsin",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for the Referer that our Referrer-Policy withholds
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if config.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxy_hops, x_proto=config.proxy_hops
        )
    translations.compile_all(ROOT / "translations")
    db.init_app(app)
    schema.init_app(app)
    sessions.init_app(app)  # before all who ask who somebody is
    # The public form asks by itself whether it was sent from a page of ours: see views/public.py.
    CSRFProtect(app).exempt("incidents.views.public.report")
    seal.init_app(app)
    audit.init_app(app)
    accounts.init_app(app, mail_util=PostRoom)
    pages.init_app(app)
    uploads.init_app(app)
    throttle.init_app(app)
    errors.init_app(app)
    notifications.init_app(app)
    for pages_of in (case_pages, account_pages, post_room_pages):
        app.register_blueprint(pages_of)
    for commands in (audit_commands, backup_commands, law_commands):
        app.cli.add_command(commands)
    return app


def _prepare(app: Flask) -> str | None:
    """Bring the database up to date. Returns the set-up token while there is no account."""
    with app.app_context():
        schema.bring_up_to_date(app)
        if not audit.opens():
            raise settings.BadSetting(
                f"{Path(app.instance_path) / 'data.key'} is not the key with which the database "
                "was sealed.\nPut back the copy you kept. Nothing was changed."
            )
        token = set_up_token(now())
        db.session.commit()
        return token


def serve(config: settings.Settings, app: Flask | None = None, greeting: str = "") -> None:
    """Migrate, print where it is, and serve the web until told to stop.

    `app`: one that was made already from `config`; `greeting`: printed below the address.
    """
    from waitress import create_server  # only here: who sends or runs a command serves nobody

    app = app or create_app(config)
    try:
        token = _prepare(app)
    except (OperationalError, InterfaceError) as error:
        raise settings.BadSetting(
            "TOCSIN_DATABASE_URL: the database cannot be used "
            f"({str(error.orig).strip().splitlines()[0]}).\n"
            "See that it is there, that address, name and password are right, and that this user\n"
            "may write to it; for SQLite, to its folder as well."
        ) from error
    try:
        server = create_server(
            app,
            host=config.host,
            port=config.port,
            threads=8,
            recv_bytes=131_072,  # files come in few pieces
            max_request_body_size=uploads.ceiling(config.request_limit),
            ident=None,
        )
        serving.prepare(server)
    except OSError as error:
        raise settings.BadSetting(
            f"TOCSIN_PORT: {config.host}:{config.port} cannot be used ({error.strerror}).\n"
            "Stop the program that holds it, or choose another: TOCSIN_PORT=5001"
        ) from error
    print(f"Tocsin is at {config.url}", flush=True)
    if token:
        print(
            "There is no account yet. This link makes the first one; it works once, for a day:\n"
            f"    {config.url}/setup/{token}",
            flush=True,
        )
    if greeting:
        print(greeting, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stop_worker = jobs.start(app) if config.worker else lambda: None
    try:
        server.run()
    finally:
        stop_worker()


def perform() -> None:
    """Serve the demonstration, with all mail caught."""
    from notifications import demo  # only here: its mail server is no part of the house

    with demo.stage(ROOT, create_app) as (app, greeting):
        serve(app.config["SETTINGS"], app, greeting)


def main() -> None:
    """`python app.py [--demo]`: one process with everything in it."""
    words = argparse.ArgumentParser(
        description="Serve the pages, with the worker beside them. All settings come from the "
        "environment: the README has them."
    )
    words.add_argument("--demo", action="store_true", help="a fictional company; no mail leaves")
    options = words.parse_args()
    try:
        if options.demo:
            perform()
        else:
            serve(settings.load(ROOT))
    except settings.BadSetting as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
