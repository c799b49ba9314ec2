"""Pure: what is said and understood on one SMTP connection, once it was opened and logged in.

Where the server offers PIPELINING (RFC 2920), the end of one letter opens the next: one write
carries a text, its final dot and the envelope after it, one read brings the four replies. Where
it does not, each command waits for its reply.
"""

import re
from collections import deque
from collections.abc import Collection
from typing import Protocol

from notifications.relay import Outcome, verdict
from notifications.sending import faults
from notifications.sending.tray import Ready
from notifications.smtp import said

LONGEST = 65_536  # bytes of one reply; who says more is no mail server
_ENVELOPE = b"MAIL FROM:<%b>%b\r\nRCPT TO:<%b>\r\nDATA\r\n"
_STEPS = ("mail", "rcpt", "data")  # whose replies are due then
# Nearly all that is heard: a letter was taken over, and the next one's text is asked for.
_GROUP = deque(("dot", *_STEPS))
_TAKEN = re.compile(
    rb"250 ([^\r\n]*)\r\n250 [^\r\n]*\r\n25[012] [^\r\n]*\r\n354 [^\r\n]*\r\n"
).fullmatch


class Ended(Exception):
    """The server hung up, or said what nobody understands; the message is its words."""


class Desk(Protocol):
    """Where letters come from, and where it is told what became of them."""

    def take(self) -> Ready | None: ...
    def holds(self, letter: Ready) -> bool: ...
    def begun(self, letter: Ready) -> None: ...
    def done(self, letter: Ready, outcome: Outcome) -> None: ...


class Dialogue:
    """`out` is to be sent, `sent(n)` says how much of it was, `hear` takes what came."""

    def __init__(self, features: Collection[str], desk: Desk) -> None:
        self.out = bytearray()
        self.answers = 0  # letters about which the server gave a clear answer
        self.quitting = False
        self._pipelining = "pipelining" in features
        self._size = "size" in features
        self._desk = desk
        self._in = b""
        self._lines: list[bytes] = []  # of a reply that has not ended yet
        self._due: deque[str] = deque()  # what the replies to come answer
        self._unsaid: deque[tuple[str, bytes]] = deque()  # waits for its turn, stepwise
        self._addressed: Ready | None = None  # its envelope was said, its text was not begun
        self._refused: tuple[str, int, bytes] | None = None  # the first refusal of that envelope
        self._begun: Ready | None = None  # its text was begun
        self._end = 0  # bytes said when its final dot is said
        self._flushed = 0

    @property
    def idle(self) -> bool:
        """Whether no reply is waited for."""
        return not self._due

    @property
    def final(self) -> bool:
        """Whether the reply to a final dot is waited for, which may take long."""
        return bool(self._due) and self._due[0] == "dot"

    @property
    def partial(self) -> bool:
        """Whether a reply has begun to come and is not whole."""
        return bool(self._in or self._lines)

    @property
    def fresh(self) -> bool:
        """Whether a text was begun of which no byte has left."""
        begun = self._begun
        return begun is not None and self._flushed <= self._end - len(begun.raw) - len(b".\r\n")

    def go(self) -> bool:
        """Say the envelope of the next letter; False when there is none."""
        letter = None if self.quitting else self._desk.take()
        if letter is None:
            return False
        self._addressed, self._refused = letter, None
        size = b" SIZE=%d" % len(letter.raw) if self._size else b""
        envelope = _ENVELOPE % (letter.sender, size, letter.to)
        if self._pipelining:
            self.out += envelope
            self._due += _STEPS
        else:
            self._unsaid.extend(zip(_STEPS, envelope.splitlines(keepends=True), strict=True))
            self._next()
        return True

    def quit(self) -> None:
        """Say good-bye; the reply to it ends the connection."""
        self.quitting = True
        self._say("quit", b"QUIT\r\n")

    def sent(self, count: int) -> None:
        """So many bytes of `out` have left."""
        del self.out[:count]
        self._flushed += count
        if self._begun is not None and self._flushed >= self._end:
            faults.at("dot")

    def hear(self, data: bytes) -> None:
        """Take what came, and answer each whole reply. Raises Ended."""
        usual = self._due == _GROUP and not (self._in or self._lines or faults.ARMED)
        if usual and (group := _TAKEN(data)):
            self._due.clear()
            self._judged(250, group[1])
            self._asked_for_text(354, b"")
            return
        lines = (self._in + data if self._in else data).split(b"\n")
        self._in = lines.pop()
        if len(self._in) > LONGEST or len(self._lines) > LONGEST // 80:
            raise Ended("The server said too much.")
        for line in lines:
            text = line[4:].strip()
            if line[3:4] == b"-":
                self._lines.append(text)
                continue
            if self._lines:
                text = b"\n".join([*self._lines, text])
                self._lines.clear()
            if not line[:3].isdigit() or not self._due:
                raise Ended(" ".join(said(0, line).split()[1:]))
            self._heard(self._due.popleft(), int(line[:3]), text)
            if self._unsaid:
                self._next()

    def end(self, words: str) -> list[Ready]:
        """The connection is gone. A letter is in doubt when its final dot had left; the others
        that were on their way are returned, the first first: nobody has them."""
        begun, addressed = self._begun, self._addressed
        self._begun = self._addressed = None
        if begun is not None and self._flushed >= self._end:
            self._desk.done(begun, Outcome("in_doubt", words, alive=False))
            begun = None
        return [letter for letter in (begun, addressed) if letter is not None]

    def _heard(self, step: str, code: int, text: bytes) -> None:
        if step == "quit":
            raise Ended("")
        if code == 421:
            if step == "dot":  # it hangs up, and has taken nothing over
                self._answered(Outcome("deferred", said(code, text), alive=False))
            raise Ended(said(code, text))
        if code < 200 or code > 599:
            raise Ended(said(code, text))
        if step == "dot":
            self._judged(code, text)
        elif step == "data":
            faults.at("data")
            self._asked_for_text(code, text)
        elif step in ("mail", "rcpt"):
            faults.at(step)
            if code not in (250, 251, 252) and self._refused is None:
                self._refused = step, code, text
                self._unsaid.clear()
                if not self._pipelining:
                    self._over()

    def _asked_for_text(self, code: int, text: bytes) -> None:
        """The reply to DATA. After a refused address the answer may still be 354: then a lone dot
        ends a mail that nobody gets, whatever is replied."""
        letter = self._addressed
        assert letter is not None
        if code != 354:
            self._refused = self._refused or ("data", code, text)
            self._over()
        elif self._refused is not None:
            self._over(lone_dot=True)
        elif self._desk.holds(letter):
            raise Ended("")
        else:
            self._desk.begun(letter)
            self._addressed, self._begun = None, letter
            self.out += letter.raw
            self.out += b".\r\n"
            self._end = self._flushed + len(self.out)
            self._due.append("dot")
            if self._pipelining:
                self.go()

    def _over(self, lone_dot: bool = False) -> None:
        """The envelope in hand was refused: tell so, and go on with the next letter."""
        letter, refused = self._addressed, self._refused
        assert letter is not None and refused is not None
        self._addressed = self._refused = None
        at, code, text = refused
        answer = said(code, text)
        self.answers += 1
        self._desk.done(letter, Outcome(verdict(code, answer, at), answer))
        self._say("void", b".\r\n" if lone_dot else b"RSET\r\n")
        if self._pipelining:
            self.go()

    def _judged(self, code: int, text: bytes) -> None:
        """The reply to a final dot."""
        answer = said(code, text)
        if code == 250:
            faults.at("taken")
            self._answered(Outcome("sent", answer))
        elif code < 400:
            raise Ended(answer)
        else:
            self._answered(Outcome(verdict(code, answer, "text"), answer))

    def _answered(self, outcome: Outcome) -> None:
        letter, self._begun = self._begun, None
        assert letter is not None
        self.answers += outcome.alive
        self._desk.done(letter, outcome)

    def _say(self, reply_to: str, line: bytes) -> None:
        if self._pipelining or not self._due:
            self.out += line
            self._due.append(reply_to)
        else:
            self._unsaid.append((reply_to, line))

    def _next(self) -> None:
        """Stepwise: say the next command once the last one was answered."""
        if self._unsaid and not self._due:
            step, line = self._unsaid.popleft()
            self.out += line
            self._due.append(step)
