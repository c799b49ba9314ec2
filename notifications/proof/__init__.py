"""The proof dossier of a notice: one archive that a stranger can verify without our keys.

`docs/verify.py` is the verifier, of one file, and goes into each archive; `archive` writes what it
reads, `members` says what goes in, `signing` signs it.
"""

from notifications.proof.dossiers import ask, exact, proofs

__all__ = ["ask", "exact", "proofs"]
