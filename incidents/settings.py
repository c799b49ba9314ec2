"""What an operator may set, read once at the start; a wrong value stops the start by its name.

Sources, the later wins: defaults, `instance/tocsin.env`, the environment. Secrets that are not
set are made under `instance/` at the first start, readable by their owner only.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values


class BadSetting(Exception):
    """A setting that cannot be used: which, why, what to do now; never its value."""


@dataclass(frozen=True)
class Settings:
    """One typed value for each row of the README's table."""

    instance: Path
    secret_key: str
    data_keys: tuple[tuple[int, bytes], ...]  # (key id 1..255, 32 bytes); the last one seals
    database_url: str
    queue: str
    url: str
    hosts: tuple[str, ...]  # the names under which the site may be asked for
    host: str
    port: int
    proxy_hops: int
    file_limit: int  # bytes, one file
    request_limit: int  # bytes, one request
    list_limit: int  # bytes, one list of people
    worker: bool
    lmtp: str = ""  # where the mail door listens for the company's mail server; empty: nowhere
    clamd: str = ""  # where a virus scanner listens; empty: there is none


def load(
    root: Path, env: Mapping[str, str] | None = None, instance: Path | None = None
) -> Settings:
    """Read all settings. `root` is the folder of app.py; `env` defaults to the environment.

    Raises BadSetting naming the first setting that is wrong.
    """
    env = os.environ if env is None else env
    instance = instance or Path(env.get("TOCSIN_INSTANCE") or root / "instance").absolute()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"TOCSIN_INSTANCE: the folder {instance} cannot be made ({error.strerror}).\n"
            "Name a folder that this user may write to."
        ) from error
    file = instance / "tocsin.env"
    values = {**dotenv_values(file, interpolate=False), **env} if file.exists() else dict(env)

    port = _number(values, "TOCSIN_PORT", 5000, 1, 65535)
    url = _text(values, "TOCSIN_URL", f"http://127.0.0.1:{port}").rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise BadSetting(
            "TOCSIN_URL is not a web address. It is the address people type, for example\n"
            "    TOCSIN_URL=https://incidents.example.org"
        )
    database_url = _text(values, "TOCSIN_DATABASE_URL", f"sqlite:///{instance / 'tocsin.db'}")
    if not database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting(
            "TOCSIN_DATABASE_URL is neither SQLite nor PostgreSQL. Leave it out for SQLite, or\n"
            "    TOCSIN_DATABASE_URL=postgresql://user:password@host/database"
        )
    megabyte = 1024 * 1024
    return Settings(
        instance=instance,
        secret_key=_secret(values, instance),
        data_keys=_data_keys(instance),
        database_url=database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        queue=_text(values, "TOCSIN_QUEUE", f"sqlite:{instance / 'queue.db'}"),
        url=url,
        hosts=_hosts(values, urlsplit(url).hostname or ""),
        host=_text(values, "TOCSIN_HOST", "127.0.0.1"),
        port=port,
        proxy_hops=_number(values, "TOCSIN_PROXY_HOPS", 0, 0, 5),
        file_limit=_number(values, "TOCSIN_FILE_LIMIT_MB", 25, 1, 200) * megabyte,
        request_limit=_number(values, "TOCSIN_REQUEST_LIMIT_MB", 100, 2, 1000) * megabyte,
        list_limit=_number(values, "TOCSIN_LIST_LIMIT_MB", 500, 1, 4000) * megabyte,
        worker=_yes(values, "TOCSIN_WORKER", True),
        lmtp=_text(values, "TOCSIN_LMTP", ""),
        clamd=_text(values, "TOCSIN_CLAMD", ""),
    )


def _text(values: Mapping[str, str | None], name: str, default: str) -> str:
    return (values.get(name) or "").strip() or default


def _hosts(values: Mapping[str, str | None], own: str) -> tuple[str, ...]:
    """The site's own name, this machine's names beside a local one, and those set by hand."""
    local = ("127.0.0.1", "localhost", "[::1]")
    more = _text(values, "TOCSIN_HOSTS", "").replace(",", " ").split()
    return tuple(dict.fromkeys((own, *(local if own in local else ()), *more)))


def _number(
    values: Mapping[str, str | None], name: str, default: int, least: int, most: int
) -> int:
    text = _text(values, name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(
            f"{name} is not a whole number from {least} to {most}. For example\n"
            f"    {name}={default}"
        )
    return int(text)


def _yes(values: Mapping[str, str | None], name: str, default: bool) -> bool:
    text = _text(values, name, "yes" if default else "no").lower()
    if text not in ("yes", "no"):
        raise BadSetting(f"{name} is neither yes nor no. For example\n    {name}=yes")
    return text == "yes"


def _secret(values: Mapping[str, str | None], instance: Path) -> str:
    """The key that signs sessions and links."""
    given = values.get("TOCSIN_SECRET_KEY")
    if given is not None and len(given) < 32:
        raise BadSetting(
            "TOCSIN_SECRET_KEY is shorter than 32 characters. Leave it out and one is made in\n"
            f"{instance / 'secret.key'}, or make one yourself:\n"
            '    python -c "import secrets; print(secrets.token_hex())"'
        )
    return given or _made_once(instance / "secret.key", secrets.token_hex)


def _data_keys(instance: Path) -> tuple[tuple[int, bytes], ...]:
    """The keys that seal personal data: lines `id hex`; the last one seals, all of them open."""
    file = instance / "data.key"
    if not file.exists() and (instance / "tocsin.db").exists():
        raise BadSetting(
            f"{file} is missing, and {instance / 'tocsin.db'} was sealed with it.\n"
            "Put back the copy you kept. A new key would open nothing of what is there."
        )
    lines = _made_once(file, lambda: f"1 {secrets.token_hex()}").splitlines()
    keys = []
    for line in filter(str.strip, lines):
        number, _, text = line.strip().partition(" ")
        try:
            key = bytes.fromhex(text)
            if not 1 <= int(number) <= 255 or len(key) != 32:
                raise ValueError
        except ValueError:
            raise BadSetting(
                f"{file} is damaged: each line must be a number from 1 to 255, a space, and 64\n"
                "hexadecimal digits. Put back the copy you kept; without it sealed data stays "
                "closed."
            ) from None
        keys.append((int(number), key))
    if not keys:
        raise BadSetting(f"{file} is empty. Put back the copy you kept.")
    return tuple(keys)


def _made_once(file: Path, make: Callable[[], str]) -> str:
    """The content of a secret file, made at the first start; never overwritten.

    Written whole under another name, then linked: two first starts at once agree on one secret.
    """
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BadSetting(f"{file} cannot be read ({error.strerror}).") from error
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make() + "\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    except OSError as error:
        raise BadSetting(
            f"{file} cannot be written ({error.strerror}).\n"
            "Make the folder writable for this user, or name another by TOCSIN_INSTANCE."
        ) from error
    return file.read_text().strip()
