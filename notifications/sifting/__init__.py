"""A large file of people, checked and sealed by a process beside the app (`child`, `__main__`).

`rows` is pure. The app only writes what comes back, so both cores of a small machine have work,
and pages do not wait for a million people.
"""
