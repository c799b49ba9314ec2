"""Flask-Mail as its manual shows it for many mails: one connection, kept.

python flask_mail_kept.py PORT WORK.json
"""

import html
import json
import sys
import time
from pathlib import Path

from flask import Flask
from flask_mail import Mail, Message

work = json.loads(Path(sys.argv[2]).read_text("utf-8"))
app = Flask(__name__)
app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=int(sys.argv[1]))
mail = Mail(app)
begun = time.perf_counter()
with app.app_context(), mail.connect() as connection:
    for address, name, language in work["people"]:
        words = work["texts"][language]
        message = Message(
            words["subject"],
            sender=work["from"],
            recipients=[address],
            body=words["text"].replace("{name}", name),
            html=words["html"].replace("{name}", html.escape(name)),
            reply_to=work["sender"],
        )
        connection.send(message)
seconds = time.perf_counter() - begun
print(json.dumps({"sent": len(work["people"]), "seconds": seconds}))
