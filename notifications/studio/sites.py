"""Pure: no tracking, no shortened links, no site but the organisation's and the authority's.

People are warned of links in letters of this kind, and whoever copies such a letter changes the
links first. So a letter names few sites, all of them known to its reader, and none of its links
tells who followed it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from notifications import twins
from notifications.wording import N_, is_personal, used

# Services that hide where a link leads. An open list: every site that is not named is refused
# anyway; these are refused by name, and without "https://" too.
SHORTENERS = frozenset(
    """
    bit.ly bitly.com buff.ly cutt.ly dlvr.it fb.me goo.gl hubs.ly is.gd lnkd.in mailchi.mp ow.ly
    qr.ae rb.gy rebrand.ly s.id shorturl.at short.io soo.gd surl.li t.co t.ly t2m.io tiny.cc
    tinyurl.com trib.al u.nu urlz.fr v.gd vu.fr x.co
    """.split()  # noqa: SIM905 - a list to be read and added to
)
_BARE = re.compile(
    rf"(?<![\w.@/-])(?:{'|'.join(map(re.escape, sorted(SHORTENERS)))})(?=/\w)", re.IGNORECASE
)
# What links carry so that somebody sees who followed them.
_TRACKING = re.compile(
    r"[?&#](?:utm_\w+|mc_[ce]id|_hs\w+|fbclid|gclid|msclkid|mkt_tok|vero_\w+|s?cid|uid|user|"
    r"recipient|email|token|ref|src)=",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Fault:
    """One link that a letter may not have: what is wrong and what to do, untranslated, with a
    place %(link)s."""

    text: str
    hint: str
    link: str


def faults(words: str, hosts: Collection[str]) -> list[Fault]:
    """What is wrong with the links of a text. `hosts`: those a letter may link to.

    >>> [fault.text for fault in faults("see bit.ly/x and https://ok.example/", {"ok.example"})]
    ['No shortened links']
    """
    out: dict[str, Fault] = {}
    for link in [*twins.links(words), *_BARE.findall(words)]:
        host = twins.host_of(link)
        if host in SHORTENERS:
            text, hint = (
                N_("No shortened links"),
                N_("%(link)s hides where it leads. Write out the address of your own site."),
            )
        elif any(is_personal(word) for word in used(link)) or _TRACKING.search(link):
            text, hint = (
                N_("No links that follow their reader"),
                N_("%(link)s tells who followed it. Write the address without what identifies."),
            )
        elif host not in hosts and "{" not in host:
            text, hint = (
                N_("No links to other sites"),
                N_(
                    "%(link)s is neither your site nor the authority’s, and people are warned of "
                    "such links. Name the site without its address."
                ),
            )
        else:
            continue
        out.setdefault(link, Fault(text, hint, link[:100]))
    return list(out.values())
