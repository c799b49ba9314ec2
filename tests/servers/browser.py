"""Debian's Chromium, driven by Playwright, looking at the application in this process."""

import threading
from contextlib import ExitStack, contextmanager

import pytest
from werkzeug.serving import make_server

from servers.parts import need


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address of its own. The plugin's fixture of this name is written in a way that pytest
    warns of, and here warnings are errors.
    """


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's browser, without what it would fetch or report on its own."""
    return {
        **browser_type_launch_args,
        "executable_path": need("chromium", "chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; a test that expects some empties the list."""
    return []


@pytest.fixture
def context(context, complaints):
    """A browser window of its own. An error in its console, such as a breach of the
    Content-Security-Policy, fails the test.
    """
    context.on(
        "console",
        lambda said: (
            complaints.append(f"{said.text} ({said.page and said.page.url})")
            if said.type == "error"
            else None
        ),
    )
    context.on("weberror", lambda failed: complaints.append(f"script failed: {failed.error}"))
    yield context
    assert complaints == []


def _whole(app):
    """The application, each answer made before it is sent: this server leaves the file of an answer
    open when the browser hangs up in the middle."""

    def answer(environ, start_response):
        pieces = app(environ, start_response)
        try:
            return [b"".join(pieces)]
        finally:
            pieces.close()

    return answer


@contextmanager
def _served(app):
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    # The default looks for the end every half second; each browser test would wait for that.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def live():
    """``live(app)`` serves *app* until the test ends and returns its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app))
