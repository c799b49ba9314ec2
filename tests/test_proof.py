"""The proof dossier: a stranger verifies it with one file and no key, and every change is named."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from dossiers import VERIFY, changed, contents_of, made_of, verify, written
from sending import PEOPLE

from incidents.db import db, now
from incidents.models import Entry, Organisation
from incidents.refusal import Refused
from notifications import proof, runs
from notifications.channels import made
from notifications.models import MadeFile, Recipient
from notifications.proof import members, signing


def test_a_stranger_verifies_it_with_one_file_and_the_standard_library(dossier, tmp_path):
    shutil.copy(VERIFY, tmp_path / "verify.py")
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(dossier)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WHOLE" in done.stdout and signing.public_key() in done.stdout


def test_the_verifier_in_the_archive_is_the_one_in_the_tree(dossier):
    assert dict(contents_of(dossier))["verify.py"] == VERIFY.read_bytes()


def test_it_has_a_row_for_each_person_and_no_address(dossier, done):
    members_of = dict(contents_of(dossier))
    rows = [json.loads(line) for line in members_of["people.jsonl"].splitlines()]
    assert [row["state"] for row in rows] == ["sent", "sent", "failed", "sent"]
    assert rows[2]["tries"][0]["answer"].startswith("550") or "<address>" in str(rows[2]["tries"])
    whole = dossier.read_bytes()
    assert not [address for address in PEOPLE[:4] if address.encode() in whole]
    assert members_of["approval.bin"].startswith(b'["tocsin notice')
    assert hashlib.sha256(members_of["approval.bin"]).hexdigest() == done.approval


def test_the_open_variant_has_addresses_and_the_exact_letter_of_chosen_persons(
    done, controller_user, tmp_path, smtp_sink
):
    row = db.session.query(Recipient).order_by(Recipient.id).first()
    path = made_of(done, controller_user, tmp_path, True, [row.id])
    letter = dict(contents_of(path))[f"letters/{row.uid}.eml"]
    sent = smtp_sink.to(PEOPLE[0])[0].raw
    assert letter.rstrip(b"\r\n") == sent.rstrip(b"\r\n")
    assert PEOPLE[0].encode() in path.read_bytes() and changed(path) == []


def test_a_letter_is_rebuilt_as_it_was_sent_when_settings_have_changed_since(
    done, controller_user, tmp_path, smtp_sink
):
    served = db.session.get(Organisation, 1)
    served.name, served.contact, served.controller = "Other", "other@else.example", "Eve"
    served.website = "https://else.example"
    db.session.commit()
    row = db.session.query(Recipient).order_by(Recipient.id).first()
    sent = smtp_sink.to(PEOPLE[0])[0].raw
    assert members.letter(done, row).rstrip(b"\r\n") == sent.rstrip(b"\r\n")
    assert changed(made_of(done, controller_user, tmp_path)) == []


def test_a_flipped_byte_in_any_member_is_named(dossier, tmp_path):
    contents = contents_of(dossier)
    for index, (name, content) in enumerate(contents):
        for place in sorted({0, len(content) // 3, len(content) // 2, len(content) - 1}):
            if not content:
                continue
            other = bytearray(content)
            other[place] ^= 1
            more = [*contents[:index], (name, bytes(other)), *contents[index + 1 :]]
            found = changed(written(dossier, more, tmp_path / "other.zip"))
            assert any(words.startswith(name) for words in found), (name, place, found)


def test_a_flipped_byte_anywhere_in_the_archive_is_noticed(dossier, tmp_path):
    whole, quiet = dossier.read_bytes(), []
    data = zipfile.ZipFile(dossier)
    walls = set()
    with data:
        for one in data.infolist():
            begin = one.header_offset
            walls |= set(range(begin, begin + 30 + len(one.filename) + 20))
        walls |= set(range(data.start_dir, len(whole)))
    for place in sorted({*list(walls)[::7], *range(0, len(whole), 1999)}):
        if place >= len(whole):
            continue
        other = bytearray(whole)
        other[place] ^= 1 << (place % 8)
        (tmp_path / "flip.zip").write_bytes(other)
        try:
            if not changed(tmp_path / "flip.zip"):
                quiet.append(place)
        except ValueError:
            pass  # no dossier at all
    assert quiet == []


def test_removed_added_and_reordered_members_are_named(dossier, tmp_path):
    contents = contents_of(dossier)
    other = tmp_path / "other.zip"
    for index, (name, _content) in enumerate(contents):
        if name != "manifest.json":
            found = changed(written(dossier, contents[:index] + contents[index + 1 :], other))
            assert any(words.startswith(f"{name}: removed") for words in found), name
    found = changed(written(dossier, [*contents, ("more.txt", b"x")], other))
    assert "more.txt: added; it was not in the dossier" in found
    found = changed(written(dossier, [contents[1], contents[0], *contents[2:]], other))
    assert "the order of the members" in found


@pytest.mark.parametrize("name", ["people.jsonl", "chain.jsonl"])
def test_reordered_removed_and_doubled_lines_are_named(dossier, tmp_path, name):
    contents = contents_of(dossier)
    lines = dict(contents)[name].splitlines(keepends=True)
    for other, line in (
        ([*lines[:1], lines[2], lines[1], *lines[3:]], 2),
        ([lines[0], *lines[2:]], 2),
        ([lines[0], *lines], 2),
    ):
        more = [(one, b"".join(other) if one == name else had) for one, had in contents]
        found = changed(written(dossier, more, tmp_path / "other.zip"))
        assert f"{name}, line {line}: the line, or its place among the others" in found


def test_what_is_no_dossier_is_refused(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="no dossier"):
        verify.verify(str(tmp_path / "x.zip"))


def test_the_signature_is_the_one_of_rfc_8032():
    # RFC 8032, section 7.1, test 2.
    key = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.signed(key, b"\x72", signature)
    assert not verify.signed(key, b"\x73", signature)
    assert not verify.signed(key, b"\x72", signature[:-1] + b"\x01")


def test_letters_on_paper_and_the_hash_of_the_dossier_stand_in_it_and_in_the_file(
    done, dossier, controller_user
):
    entry = db.session.query(Entry).filter_by(verb="proof.made").one()
    assert entry.detail["sha256"] == hashlib.sha256(dossier.read_bytes()).hexdigest()


def test_only_the_controller_has_one_made_and_every_download_is_logged(
    done, staff, controller, staff_user, controller_user
):
    with pytest.raises(Refused):
        proof.ask(done, False, (), staff_user, now())
    row = db.session.query(Recipient).order_by(Recipient.id).first()
    assert staff.get(f"/notices/{done.uid}/proof").status_code == 403
    assert staff.get(f"/notices/{done.uid}/people/{row.uid}/letter.eml").status_code == 403
    assert controller.get(f"/notices/{done.uid}/proof").status_code == 200
    answer = controller.post(
        f"/notices/{done.uid}/proof", data={"variant": "open", "people": row.address}
    )
    assert answer.status_code == 302
    made.make()
    file = db.session.query(MadeFile).one()
    uid = file.uid
    shown = controller.get(f"/notices/{done.uid}/proof").text
    assert f"/made/{uid}" in shown and signing.public_key() in shown
    got = controller.get(f"/made/{uid}", buffered=True)
    assert got.data.startswith(b"PK")
    letter = controller.get(f"/notices/{done.uid}/people/{row.uid}/letter.eml")
    assert letter.data == members.letter(done, row)
    read = [entry.verb for entry in db.session.query(Entry).order_by(Entry.n)]
    assert "made.fetched" in read and "list.person_read" in read


def test_memory_stays_flat_while_one_is_made(done, controller_user, tmp_path, monkeypatch):
    largest = []
    write = made.Sink.write

    def watched(sink, content):
        largest.append(len(sink.kept) + len(content))
        return write(sink, content)

    monkeypatch.setattr(made.Sink, "write", watched)
    made_of(done, controller_user, tmp_path)
    assert max(largest) < 2 * made.PIECE and runs.missed(done) == 1
