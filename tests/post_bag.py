"""The mails and the list of people of the story that test_story.py tells."""

REPORTER = "lea@client.example"
FIRST = """\
From: Léa <lea@client.example>
To: incidents@training.example
Message-ID: <first@client.example>
Date: Mon, 23 Nov 2026 08:00:00 +0000
Subject: =?utf-8?q?Les_factures_d=27autres_clients?=
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, je vois dans mon compte les factures et les coordonnées bancaires d'autres clients.
"""
REPLY = """\
From: Léa <lea@client.example>
To: privacy@training.example
Message-ID: <second@client.example>
In-Reply-To: {message_id}
Subject: Re: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

J'ai oublié : c'était déjà le cas hier soir.
"""
PEOPLE = """\
Name;E-mail;Language
Ada Byron;ada@people.example;en
Blaise Pascal;blaise@people.example;fr
Chloé Petit;chloe@people.example;fr
Grace Hopper;grace@people.example;en
nobody;not an address;en
Ada again;ADA@people.example;en
"""
LISTED = {
    "ada@people.example": ("Ada Byron", "Hello"),
    "blaise@people.example": ("Blaise Pascal", "Bonjour"),
    "chloe@people.example": ("Chloé Petit", "Bonjour"),
    "grace@people.example": ("Grace Hopper", "Hello"),
}
