"""Pure: what somebody wrote, apart from what a mail program quoted under it."""

import re

# The line by which mail programs announce a quote, in the languages of our readers.
_ANNOUNCES = re.compile(
    r"""^\s*(
        >                                       # quoted lines
      | On\ .{4,200}\ wrote:\s*$
      | Le\ .{4,200}\ a\ écrit\s*:\s*$
      | Am\ .{4,200}\ schrieb.{0,80}:\s*$
      | -{3,}\s*(Original\ Message|Message\ d.origine|Forwarded\ message|Message\ transféré)\s*-{3,}
      | _{20,}\s*$                              # Outlook draws a line
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# "On Monday, Anna wrote:" may be broken over two or three lines.
_BEGINS = re.compile(r"^\s*(On|Le|Am)\s.{4,}", re.IGNORECASE)


def split(text: str) -> tuple[str, str]:
    """A text in two: what was said, and the quote that follows it ("" when there is none).

    Nothing is lost: a text that is all quote is given back as said.

    >>> split("Yes, all of them.\\n\\nOn 3 May Tocsin wrote:\\n> How many?")
    ('Yes, all of them.', 'On 3 May Tocsin wrote:\\n> How many?')
    >>> split("> answered below\\nAll of them.")
    ('> answered below\\nAll of them.', '')
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        joined = line
        if _BEGINS.match(line) and not _ANNOUNCES.match(line):
            joined = " ".join(lines[number : number + 3]).strip()
            joined = joined[: joined.find(":") + 1]
        if _ANNOUNCES.match(joined):
            said = "\n".join(lines[:number]).strip()
            rest = [other for other in lines[number + 1 :] if other.strip()]
            answered_below = line.lstrip().startswith(">") and any(
                not other.lstrip().startswith(">") for other in rest
            )
            if answered_below or not said:
                break
            return said, "\n".join(lines[number:]).strip()
    return text.strip(), ""
