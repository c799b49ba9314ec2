"""Files that strangers sent: what they are, whether a scanner objects, and how to look at one
without opening it."""
