"""Dossiers for tests: one of a run that is over, and how one is altered and verified."""

import hashlib
import importlib.util
import zipfile

import pytest
from conftest import ROOT
from sending import PEOPLE

from incidents.db import db, now
from notifications import proof
from notifications.channels import made
from notifications.sending import outbox

VERIFY = ROOT / "docs" / "verify.py"
_spec = importlib.util.spec_from_file_location("verify", VERIFY)
verify = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verify)


@pytest.fixture
def done(run_of, smtp_sink):
    """A run of four that is over; the third was refused for good, and told by phone."""
    smtp_sink.answers[PEOPLE[2]] = f"550 5.1.1 {PEOPLE[2]} unknown"
    notice = run_of(4)
    outbox.deliver()
    db.session.expire_all()
    return notice


def made_of(notice, by, tmp_path, open_=False, chosen=()):
    file = proof.ask(notice, open_, chosen, by, now())
    db.session.commit()
    made.make()
    db.session.refresh(file)
    assert file.state == "ready"
    path = tmp_path / file.filename
    path.write_bytes(b"".join(made.read(file)))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    return path


@pytest.fixture
def dossier(done, controller_user, tmp_path):
    return made_of(done, controller_user, tmp_path)


def changed(path, **given):
    return verify.verify(str(path), **given).changed


def written(path, contents, to):
    """The dossier with other contents, written as ours are: only the hashes can tell."""
    from notifications.proof.archive import _info

    class Plain:
        def __init__(self, file):
            self.write, self.flush = file.write, file.flush

    with to.open("wb") as file, zipfile.ZipFile(Plain(file), "w") as archive:
        for name, content in contents:
            wide = name not in ("manifest.json", "signature.json")
            with archive.open(_info(name), "w", force_zip64=wide) as out:
                out.write(content)
    return to


def contents_of(path):
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]
