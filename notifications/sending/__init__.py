"""Letters to many on their way: each once, provably, fast.

`skeleton` has the letters of a notice ready but for what is a person's own, `writing` makes that,
`outbox` keeps the books, `carrier` is how they see the wire. That is a process of its own
(`__main__`): `wire` holds its connections, `dialogue` speaks SMTP on one, `tray` has the letters
that may go, `journal` outlives it. `across` is what both say to each other, `recovery` sees to what
the dead held.
"""
