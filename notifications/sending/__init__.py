"""Letters to many on their way: each once, provably, fast.

`skeleton` has the letters of a notice ready but for what is a person's own, `writing` makes each
of them, `dialogue` speaks SMTP on one connection, `wire` holds several of them in one thread,
`tray` lies between the wire and the books, `journal` outlives the worker, `outbox` keeps the
books, `recovery` sees to what dead workers held.
"""
