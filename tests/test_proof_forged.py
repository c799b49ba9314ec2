"""Who forges a dossier, even with the key, is found out by what was given away before."""

import json
from pathlib import Path

from dossiers import changed, contents_of, made_of

from notifications.proof import signing


def forged(dossier, tmp_path, change, sign=None):
    """A dossier made anew by somebody who knows the format: every hash is right again."""
    from notifications.proof.archive import Archive

    contents = dict(contents_of(dossier))
    manifest = json.loads(contents["manifest.json"])
    path = tmp_path / "forged.zip"
    with path.open("wb") as file:
        archive = Archive(file)
        for name, _size, _sha256 in manifest["members"]:
            if name in manifest["rows"]:
                values = [json.loads(line) for line in contents[name].splitlines()]
                for value in values:
                    del value["h"]
                archive.add_lines(name, change(name, values))
            else:
                archive.add(name, contents[name])
        for name in ("format", "members", "rows"):
            del manifest[name]
        key = ("00" * 32, "00" * 64)
        archive.seal(manifest, sign or (lambda _message: key))
    return path


def test_who_makes_all_hashes_anew_lacks_the_key(dossier, tmp_path):
    path = forged(dossier, tmp_path, lambda _name, values: values)
    assert any("signature" in words for words in changed(path))
    ours = signing.public_key()
    assert changed(dossier, key=ours) == []
    assert any("another key" in words for words in changed(dossier, key="ab" * 32))


def test_even_with_the_key_nobody_is_slipped_into_an_approved_list(dossier, tmp_path):
    def more(name, values):
        return [*values, values[-1] | {"id": 999}] if name == "people.jsonl" else values

    def other(name, values):
        if name == "people.jsonl":
            values[0]["key"] = "00" * 16
        return values

    for change in (more, other):
        path = forged(dossier, tmp_path, change, signing.sign)
        assert any("approved" in words for words in changed(path))


def test_even_with_the_key_no_entry_is_altered_behind_a_link_given_before(
    done, dossier, controller_user, tmp_path
):
    first = json.loads(dict(contents_of(dossier))["manifest.json"])["chain"]["link"]
    later = made_of(done, controller_user, tmp_path / "..", open_=True)
    assert changed(later, anchor=first) == []

    def other(name, values):
        if name == "chain.jsonl":
            values[0] = {"n": 1, "digest": "00" * 32}
        return values

    path = forged(later, tmp_path, other, signing.sign)
    assert any(
        "last link" in words or "link you gave" in words for words in changed(path, anchor=first)
    )
    Path(later).unlink()
