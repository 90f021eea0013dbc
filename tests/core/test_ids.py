"""Ids: version 7, growing, unique, also between threads and after a fork."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from wantilan.store.ids import IdSequence, uuid7


def test_an_id_is_a_version_7_uuid() -> None:
    made = [uuid7() for _ in range(1000)]

    assert {(id_.version, id_.variant) for id_ in made} == {(7, RFC_4122)}


def test_the_first_48_bits_are_the_milliseconds_since_1970() -> None:
    before = time.time_ns() // 1_000_000
    milliseconds = IdSequence().next().int >> 80
    after = time.time_ns() // 1_000_000

    assert before <= milliseconds <= after


def test_the_rfc_example_instant_stands_where_the_rfc_puts_it() -> None:
    id_ = IdSequence(clock=lambda: 0x017F22E279B0).next()

    assert str(id_).startswith("017f22e2-79b0-7")


@given(st.lists(st.integers(min_value=0, max_value=2**47), min_size=2, max_size=50))
def test_ids_grow_whatever_the_clock_does(readings: list[int]) -> None:
    clock = iter(readings)
    ids = IdSequence(clock=lambda: next(clock))

    made = [ids.next() for _ in readings]

    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_grow_inside_one_millisecond() -> None:
    ids = IdSequence(clock=lambda: 1)

    made = [ids.next() for _ in range(10_000)]

    assert all(earlier < later for earlier, later in pairwise(made))
    assert {id_.int >> 80 for id_ in made} == {1}


def test_ids_of_one_millisecond_are_not_consecutive_numbers() -> None:
    ids = IdSequence(clock=lambda: 1)

    made = [ids.next() for _ in range(100)]

    assert sum(later.int - earlier.int == 1 for earlier, later in pairwise(made)) < 3


def test_ids_go_on_in_the_next_millisecond_when_the_randomness_of_one_is_used_up() -> None:
    ids = IdSequence(clock=lambda: 1)
    first = ids.next()
    ids._random = 2**74 - 1

    second = ids.next()

    assert second > first
    assert second.int >> 80 == 2


def test_threads_never_get_the_same_id_and_each_sees_them_grow() -> None:
    def many(_: int) -> list[int]:
        return [uuid7().int for _ in range(2000)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(many, range(8)))

    assert len({id_ for one in made for id_ in one}) == 16_000
    assert all(one == sorted(one) for one in made)


def test_a_forked_child_does_not_repeat_its_parents_ids() -> None:
    uuid7()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"".join(uuid7().bytes for _ in range(50)))
        os._exit(0)
    mine = [uuid7().bytes for _ in range(50)]
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        theirs = pipe.read()
    os.waitpid(child, 0)

    assert len({*mine, *(theirs[i : i + 16] for i in range(0, len(theirs), 16))}) == 100


def test_a_fork_while_the_lock_is_held_does_not_stop_the_child() -> None:
    from wantilan.store import ids

    with ids._ids._lock:
        child = os.fork()
        if child == 0:
            uuid7()
            os._exit(0)
    for _ in range(200):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.01)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise AssertionError("The child waits for a lock that its parent held.")

    assert os.waitstatus_to_exitcode(status) == 0
