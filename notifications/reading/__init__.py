"""Reading a mail that anybody may have sent: in a process of its own, within limits.

`child.read(raw)` is what the rest of the house calls. Everything else in this folder runs in the
child: pure functions of bytes, standard library only, so that it starts in a few hundredths of a
second. MIME is taken apart here and not by the `email` package, because a limit must leave what
was read so far: that parser recurses (1,000 levels end in RecursionError), and needs several
times the mail's size in memory before it answers at all.
"""
