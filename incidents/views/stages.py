from incidents.views import bp  # noqa: F401
