"""Who is in a file twice is found, however many there are."""

import random

from notifications.recipients.seen import SOME, Seen


def test_each_of_many_keys_is_new_once_and_known_then():
    keys = [random.randbytes(16) for _ in range(SOME * 4)]  # of more than there was room for
    seen = Seen()
    assert all(seen.add(key) for key in keys)
    assert not any(seen.add(key) for key in keys[::7])
    assert all(key in seen for key in keys[::7])
    assert not any(random.randbytes(16) in seen for _ in range(1_000))


def test_keys_of_one_place_or_of_one_value_are_not_taken_for_each_other():
    seen = Seen()
    one_place = [number.to_bytes(8, "little") + b"\7" * 8 for number in range(2, 300)]
    one_value = [b"\7" * 8 + (number * 1_000).to_bytes(8, "little") for number in range(50)]
    assert all(seen.add(key) for key in one_place + one_value)
    assert not any(seen.add(key) for key in one_place + one_value)
    assert (b"\1" + b"\0" * 7 + b"\7" * 8) not in seen
