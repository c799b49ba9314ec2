"""The app on an empty database of either kind, the organisation set up."""

from contextlib import contextmanager

from conftest import ROOT

from app import create_app
from incidents import schema, settings
from incidents.db import db
from incidents.models import Organisation


@contextmanager
def fresh_app(env, instance):
    """The app by these settings, its context pushed."""
    app = create_app(settings.load(ROOT, env, instance))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        schema.bring_up_to_date(app)
        served = Organisation(id=1, name="Example Training", controller="Ada Exemplar")
        served.contact, served.set_up = "privacy@training.example", True
        db.session.add(served)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
