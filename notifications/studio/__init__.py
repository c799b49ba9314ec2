"""The notice studio: whether a letter says what it must, says no more than is known, and is easy
to read. Pure: words, values and facts in, findings out.
"""
