"""Kills a program at every system call, starts it again, and counts what is lost or doubled."""
