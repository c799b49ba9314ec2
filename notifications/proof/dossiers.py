"""Dossiers asked for, and made by the worker."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db, now
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused
from notifications import frozen, notices
from notifications.channels import made
from notifications.models import MadeFile, Notice, Recipient
from notifications.proof import members, signing
from notifications.proof.archive import Archive
from notifications.proof.format import canonical

HERE = Path(__file__).parent
VERIFIER = HERE.parent.parent / "docs" / "verify.py"  # of one file, for strangers
MOST_LETTERS = 100  # exact letters of chosen persons in one archive


def ask(notice: Notice, open_: bool, chosen: Sequence[int], by: User, at: datetime) -> MadeFile:
    """Have a dossier made. No commit. `open_`: with addresses; `chosen`: rows whose exact letters
    are included, which hold addresses, too."""
    if not by.is_controller:
        raise Refused(_("Only the controller has a proof dossier made."))
    if notice.approval is None:
        raise Refused(_("This letter is not approved, so there is nothing to prove yet."))
    if chosen and not open_:
        raise Refused(_("Letters of single people hold their addresses: take the open variant."))
    if len(chosen) > MOST_LETTERS:
        raise Refused(_("At most %(n)s single letters go into one dossier.", n=MOST_LETTERS))
    kind = "proof_open" if open_ else "proof"
    name = f"{notice.incident.reference}-letter-{notice.number}-{kind.replace('_', '-')}.zip"
    file = made.ask(notice, kind, name, by, at, notice.people, wish=list(chosen))
    _record("proof.asked", notice, by, at, variant=kind, letters=len(chosen))
    return file


def proofs(notice: Notice) -> Sequence[MadeFile]:
    """The dossiers of a notice, the newest first."""
    query = select(MadeFile).where(
        MadeFile.notice_id == notice.id, MadeFile.kind.in_(("proof", "proof_open"))
    )
    return db.session.scalars(query.order_by(MadeFile.id.desc()).limit(20)).all()


def exact(notice: Notice, row: Recipient) -> bytes:
    """The exact letter of one person. Raises ValueError: see `members.letter`."""
    return members.letter(notice, row)


def write(file: MadeFile, sink: made.Sink) -> None:
    """Write a dossier, as of the present moment of the file of changes."""
    notice, open_, wish = file.notice, file.kind == "proof_open", file.wish or []
    number, asked_at = notice.id, file.asked_at
    archive = Archive(cast(IO[bytes], sink))
    archive.add("README.txt", (HERE / "README.txt").read_bytes())
    archive.add("verify.py", VERIFIER.read_bytes())
    archive.add("notice.json", canonical(members.about(notice)).encode() + b"\n")
    archive.add("approval.bin", _preimage(notice))
    archive.add_lines("people.jsonl", members.people(notice, open_, sink.progress))
    notice = db.session.get_one(Notice, number)
    _add_returns(archive, notice, open_)
    archive.add_lines("paper.jsonl", members.paper(notice))
    archive.add_lines("public.jsonl", members.published(notice))
    chain = members.Chain(notice)
    archive.add_lines("chain.jsonl", chain)
    for one in sorted(wish):
        row = db.session.get(Recipient, one)
        if row is not None and row.notice_id == number and row.address not in ("", "-"):
            archive.add(f"letters/{row.uid}.eml", members.letter(notice, row))
    manifest = {
        "made_at": now().isoformat(),
        "asked_at": asked_at.isoformat(),
        "organisation": organisation().name,
        "incident": notice.incident.reference,
        "notice": notice.uid,
        "variant": "open" if open_ else "sealed",
        "approval": notice.approval,
        "chain": {"n": chain.n, "link": chain.link, "mac": chain.mac},
    }
    archive.seal(manifest, signing.sign)


def _preimage(notice: Notice) -> Iterator[bytes]:
    """What was approved, with the settings as they were then, in larger pieces."""
    kept, given = bytearray(), frozen.Kept(notice).at(None)
    for part in notices.preimage_in_parts(notice):
        if given and part.startswith(b'["from", '):
            then = ("from", given["sender"], given["language"], dict(given["values"]))
            part = json.dumps(then, ensure_ascii=True).encode() + b"\n"
        kept += part
        if len(kept) > 1 << 18:
            yield bytes(kept)
            kept.clear()
    yield bytes(kept)


def _add_returns(archive: Archive, notice: Notice, open_: bool) -> None:
    numbers: list[int] = []

    def values() -> Iterator[dict[str, object]]:
        for value, _raw in members.returns(notice):
            numbers.append(value["number"])
            yield value

    archive.add_lines("returns.jsonl", values())
    if open_:
        for value, raw in members.returns(notice):
            archive.add(f"returns/{value['number']}.eml", raw)


def _done(file: MadeFile, at: datetime) -> None:
    """The file of changes has the dossier's own SHA-256: a later dossier proves this one."""
    _record("proof.made", file.notice, "worker", at, variant=file.kind, sha256=file.sha256)


def _record(verb: str, notice: Notice, by: User | str, at: datetime, **detail: object) -> None:
    db.session.flush()
    more = {"notice": notice.uid, "number": notice.number, **detail}
    record(verb, by=by, at=at, incident=notice.incident, **more)  # type: ignore[arg-type]


for _kind in ("proof", "proof_open"):
    made.makers[_kind], made.finished[_kind] = write, _done
