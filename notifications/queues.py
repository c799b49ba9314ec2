"""The engines that can hold the queue: a file, PostgreSQL or Redis, by one setting."""

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError
from huey.serializer import SignedSerializer

from incidents.settings import BadSetting

QUEUE = "tocsin"


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


def make_huey(setting: str, secret: str | bytes | None) -> Huey:
    """The queue that TOCSIN_QUEUE names, opened. What it holds is signed with the app's secret,
    since whoever can write to it could otherwise run code here. Raises BadSetting."""
    check_queue(setting)
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
