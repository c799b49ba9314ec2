"""The verbs. Each checks, changes and records; none commits. One module a subject."""
