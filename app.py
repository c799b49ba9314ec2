"""The whole application: `create_app()` puts it together, `python app.py` serves it."""

import sys
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import notifications.models  # noqa: F401 - its tables belong to the migrations
from incidents import accounts, audit, pages, seal, settings
from incidents.db import db
from incidents.views import bp as case_pages
from incidents.views.accounts import bp as account_pages
from notifications.views import bp as post_room_pages

ROOT = Path(__file__).parent


def create_app(config: settings.Settings | None = None) -> Flask:
    """The application for one set of settings; from the environment when none are given.

    Raises settings.BadSetting when a setting cannot be used.
    """
    config = config or settings.load(ROOT)
    app = Flask(__name__, instance_path=str(config.instance))
    secure = config.url.startswith("https://")
    app.config.from_mapping(
        SETTINGS=config,
        SECRET_KEY=config.secret_key,
        DATA_KEYS=config.data_keys,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not config.database_url.startswith("sqlite")},
        MAX_CONTENT_LENGTH=config.request_limit,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="__Host-tocsin" if secure else "tocsin",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=secure,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if config.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxy_hops, x_proto=config.proxy_hops
        )
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    CSRFProtect(app)
    seal.init_app(app)
    audit.init_app(app)
    accounts.init_app(app)
    pages.init_app(app)
    app.register_blueprint(case_pages)
    app.register_blueprint(account_pages)
    app.register_blueprint(post_room_pages)
    return app


if __name__ == "__main__":
    sys.exit("not yet")
