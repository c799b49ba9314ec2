"""Forms of the post room, by subject."""
