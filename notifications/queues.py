"""The engines that can hold the queue: a file, PostgreSQL or Redis, by one setting.

Loading huey loads every driver that is installed, so `jobs` asks for this module only when the
queue is really opened.
"""

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError
from huey.serializer import SignedSerializer

from incidents.settings import BadSetting

QUEUE = "tocsin"


class QuietConsumer(Consumer):
    """huey's consumer in a thread: signals belong to the program around it."""

    def _set_signal_handlers(self) -> None:
        pass


def make_huey(setting: str, secret: str | bytes | None) -> Huey:
    """The queue that TOCSIN_QUEUE names, opened. What it holds is signed with the app's secret,
    since whoever can write to it could otherwise run code here. Raises BadSetting."""
    options = {"serializer": SignedSerializer(secret), "results": False}
    if setting.startswith("sqlite:"):
        return SqliteHuey(QUEUE, filename=setting.removeprefix("sqlite:"), **options)
    if setting.startswith("postgresql://"):
        return PostgresHuey(QUEUE, dsn=setting, **options)
    try:
        return RedisHuey(QUEUE, url=setting, **options)
    except ConfigurationError as error:
        raise BadSetting(
            "TOCSIN_QUEUE names Redis, and the Python package for it is not installed:\n"
            "    .venv/bin/pip install redis"
        ) from error
