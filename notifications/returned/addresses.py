"""Of whom a notice speaks: the addresses in it, and which of them are the recipients."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.reading import words
from notifications.returned.paper import Paper

# Scripts that are written without spaces, and their punctuation: next to an address, not in it.
_DENSE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_APART = rf"\s<>()\[\]\"'`,;:@|*\\{_DENSE}«»“”„‘’"
_LOCAL = rf"[^{_APART}]{{1,128}}"
_DOMAIN = r"[^\W_](?:[\w.-]{0,251}[^\W_])?"
_LATIN = rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,251}}[A-Za-z0-9](?=[{_DENSE}])"
ADDRESS = re.compile(rf"(?<![^{_APART}])(?:SMTP=)?(?P<bare>{_LOCAL}@(?:{_LATIN}|{_DOMAIN}))")
_WHOLE = re.compile(rf"\s*<?((?=[{_DENSE}])[^\s<>@\"'(),;:]{{1,128}}@{_DOMAIN})>?\s*")
# What stands before an address that mail did not reach.
_LABEL = re.compile(
    r"(recipient(?: address)?|original address|rcpt to|failed recipient|undeliverable to|"
    r"(?:message|mail|e-mail|email) (?:was not |could not be |"
    r"cannot be )?(?:delivered )?(?:to|for)|"
    r"delivered to|deliver to|delivery to|deliver message to|deliver mail to|sent to|reach|"
    r"attempts|address|addressed to|user|mailbox|to|for|an|für|à|pour|a|per|para|aan|til|till|"
    r"для|给|至|"
    r"destinataire|empfänger|"
    r"destinatario|destinatário|ontvanger)\s*[:=]?\s*[\"'`(\[]{0,2}<?$",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"^[\s*•·>-]{0,20}(?:\d{3}[ -])?(?:\d\.\d{1,3}\.\d{1,3} )?(?:rfc822 ?; ?)?[\"'`(\[]{0,2}<?$"
)
# A name, and the address to it: "Ada L. (ada@shop.example) on 2 May", '<"L., Ada" <ada@...>>:'.
_NAME = re.compile(
    r"^[\s*•·-]{0,20}<?(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|[^\W\d][^\n:;!?<>()\"@]{0,60})\s{1,2}[<(]$"
)
_NAMED = re.compile(r"[>)]{1,2}[ \t]*(?:\n|$|:| on \d)")
_LISTED = re.compile(r"[\"'>)\]]{0,2}:")  # what follows an address that heads what is said of it
# What stands between two addresses of one list.
_NEXT = re.compile(r"[\s<>\"'()\[\],;/]{0,8}((and|und|et|y|e|en|og|och|i) <?)?")
_OTHERS = re.compile(
    r"(^|\b)(mail from|(?<!generated )(?<!expanded )from|envelope-from|reply-to|"
    r"return-path|message-id|sender|contact|"
    r"further assistance|send mail to|write to|e-?mail us|help at|questions|"
    r"postmaster)\b[^\n]{0,60}$",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"^(postmaster|mailer-?daemon|abuse|support|help|helpdesk|hostmaster|noc)$", re.IGNORECASE
)
PLACED = 2  # it stands where a recipient stands


@dataclass
class Named:
    """An address in the notice, and what the notice says from there to the next one."""

    address: str
    rank: int  # PLACED, or 1: it is mentioned, 0: it is not
    start: int
    line: str = ""  # what stands after it on its line
    said: str = ""


def recipients(paper: Paper) -> list[Named]:
    """The addresses that mail did not reach, each once, with what is said of them."""
    found = list(_in(paper.text)) or _in_subject(paper)
    listed = [
        address for value in paper.headers.all("x-failed-recipients") for address in every(value)
    ]
    if listed:
        people = [_placed(address, found) for address in dict.fromkeys(listed)]
        for one in people:
            one.rank = PLACED
        return _said(paper.text, people)
    writers = senders(paper)
    best = [one for one in found if one.rank >= PLACED and one.address not in writers]
    best = best or [one for one in found if one.rank >= PLACED]
    if not best and not paper.inner_is_return():
        sent_to = [address for value in paper.original.all("to") for address in every(value)]
        if 0 < len(sent_to) <= 5:
            return _said(
                paper.text, [_placed(address, found) for address in dict.fromkeys(sent_to)]
            )
        best = [one for one in found if one.address not in writers][:1]
    unique: dict[str, Named] = {}
    for one in best[:200]:
        unique.setdefault(one.address, one)
    return _said(paper.text, list(unique.values()))


def every(value: bytes) -> list[str]:
    """The addresses in a header, in lower case."""
    return [found["bare"].lower() for found in ADDRESS.finditer(words.decode(value[:20_000], None))]


def first(text: str) -> str:
    """The first address in `text`, in lower case; "" when there is none."""
    if whole := _WHOLE.fullmatch(text[:400]):  # a field's: in any script (RFC 6531)
        return whole[1].lower()
    found = ADDRESS.search(text[:2000])
    return found["bare"].lower() if found else ""


def _in(text: str) -> Iterator[Named]:
    end, placed = -1, False  # of the address before
    for number, found in enumerate(ADDRESS.finditer(text)):
        if number >= 500:
            return
        begin = max(text.rfind("\n", 0, found.start()) + 1, found.start() - 120)
        line, listed = text[begin : found.start()], placed and begin <= end
        listed = listed and bool(_NEXT.fullmatch(text[end : found.start()]))
        end, placed = found.end(), False
        if _OTHERS.search(line):
            continue
        begins = bool(_BEGINS.match(line))
        placed = listed or begins or bool(_LABEL.search(line))
        placed = placed or bool(_NAME.match(line) and _NAMED.match(text, found.end()))
        rank = PLACED if placed else 1
        if _SERVICE.match(found["bare"].partition("@")[0]):  # mostly whom to ask
            rank -= not (begins and _LISTED.match(text, found.end()))
            placed = rank == PLACED
        if rank:
            yield Named(found["bare"].lower(), rank, found.start("bare"))


def _in_subject(paper: Paper) -> list[Named]:
    """The first address there, for a notice without any in its text."""
    subject = paper.headers.text("subject")[:500]
    found = None if ADDRESS.search(paper.text) else ADDRESS.search(subject)
    if found is None or _OTHERS.search(subject[: found.start()]):
        return []
    return [Named(found["bare"].lower(), PLACED, -1)]


def _placed(address: str, found: list[Named]) -> Named:
    """Where the notice speaks of `address`."""
    own = [one for one in found if one.address == address]
    return max(own, key=lambda one: (one.rank, -one.start), default=Named(address, 0, -1))


def senders(paper: Paper) -> set[str]:
    """Those who wrote the mail that came back, or its return."""
    names = ("to", "delivered-to", "x-original-to", "from", "return-path")
    of_notice = [value for name in names for value in paper.headers.all(name)]
    of_mail = [
        v for n in ("from", "return-path", "sender", "reply-to") for v in paper.original.all(n)
    ]
    return {address for value in (*of_notice, *of_mail) for address in every(value)}


def _said(text: str, people: list[Named]) -> list[Named]:
    """Give each what the notice says of it: from its place to the place of the next."""
    starts = sorted(one.start for one in people if one.start >= 0)
    for one in people:
        if len(people) == 1:
            one.said = text
        if one.start < 0 or len(people) == 1:
            continue
        after = next((start for start in starts if start > one.start), None)
        begin = text.rfind("\n", 0, one.start) + 1
        one.said = text[begin : after or begin + 4000]
        end = text.find("\n", one.start)
        rest = text[one.start + len(one.address) : end if end > 0 else None].strip(" >:.)]")
        rest = "" if rest.startswith(",") else rest  # the next of a list
        one.line = rest if len(rest.split()) > 1 else ""
    return people
