"""Django's send_messages as its manual shows it: one connection, a list of messages.

python django_send_messages.py PORT WORK.json
"""

import html
import json
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

work = json.loads(Path(sys.argv[2]).read_text("utf-8"))
settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1]), USE_I18N=False)


def message(address: str, name: str, language: str) -> EmailMultiAlternatives:
    """One mail."""
    words = work["texts"][language]
    one = EmailMultiAlternatives(
        words["subject"],
        words["text"].replace("{name}", name),
        work["from"],
        [address],
        reply_to=[work["sender"]],
    )
    one.attach_alternative(words["html"].replace("{name}", html.escape(name)), "text/html")
    return one


begun = time.perf_counter()
get_connection().send_messages([message(*one) for one in work["people"]])
seconds = time.perf_counter() - begun
print(json.dumps({"sent": len(work["people"]), "seconds": seconds}))
