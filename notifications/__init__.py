"""The post room: all mail, in and out. Knows incidents."""
