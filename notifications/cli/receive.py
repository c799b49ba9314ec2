from notifications.cli import mail  # noqa: F401
