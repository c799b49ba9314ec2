"""The case: what was reported, what happened, what the law asks. Knows nothing of mail."""
