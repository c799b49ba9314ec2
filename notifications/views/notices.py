from notifications.views import bp  # noqa: F401
