"""A backup: one archive with the database as it was at one moment, and what shows that it is whole.

    manifest.json      what it is, rows of each table, end of the chain, which keys it needs
    database.sqlite    or database.dump (PostgreSQL's own format)

Keys are named in it and never included: without `data.key` what is sealed stays closed, and a
thief of the archive reads none of it.
"""

from incidents.backups.making import make
from incidents.backups.manifest import BadBackup, Manifest
from incidents.backups.restoring import restore
from incidents.backups.verifying import verify

__all__ = ["BadBackup", "Manifest", "make", "restore", "verify"]
