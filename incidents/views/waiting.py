"""The files of a form that is not sent yet, taken in as far as there is room."""

from werkzeug.exceptions import TooManyRequests

from incidents.actions import held
from incidents.db import now
from incidents.forms.report import ReportForm
from incidents.forms.visit import MessageForm
from incidents.throttle import admit_files


def hold(form: ReportForm | MessageForm) -> None:
    """Keep what came with this request until the form is sent. No commit.

    Raises TooManyRequests (429) where one network, or all together, left too much here: the form
    comes back with its text.
    """
    files = form.uploads()
    admit_files(file.size for file in files)
    try:
        held.hold(form.form_key, files, now())
    except held.Full as full:
        raise TooManyRequests from full
