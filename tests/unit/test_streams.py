"""What a process keeps of one stream."""

from realtime import streams
from realtime.letters import Letter
from realtime.streams import Copies, LocalStream


def letter(seq: int, *, size: int = 2, rewrites: bool = False) -> Letter:
    return Letter(stream="c:1", seq=seq, payload=b"x" * size, rewrites=rewrites)


def seqs(letters: list[Letter] | None) -> list[int] | None:
    return None if letters is None else [one.seq for one in letters]


def test_the_last_events_are_known_and_older_ones_are_not() -> None:
    local = LocalStream("c:1")
    assert local.recent(after=0, limit=10) is None
    for seq in range(1, streams.RING_SIZE + 4):
        local.remember(letter(seq))
    assert local.recent(after=2, limit=10) is None
    assert seqs(local.recent(after=3, limit=2)) == [4, 5]
    assert seqs(local.recent(after=streams.RING_SIZE + 2, limit=10)) == [streams.RING_SIZE + 3]


def test_large_events_are_kept_no_longer_than_there_is_room() -> None:
    local = LocalStream("c:1")
    for seq in (1, 2, 3):
        local.remember(letter(seq, size=streams.RING_BYTES // 2))
    assert local.recent(after=0, limit=10) is None
    assert seqs(local.recent(after=1, limit=10)) == [2, 3]


def test_what_was_rewritten_is_asked_of_the_log() -> None:
    local = LocalStream("c:1")
    local.remember(letter(1))
    local.remember(letter(2, rewrites=True))
    assert local.recent(after=0, limit=10) is None
    assert seqs(local.recent(after=1, limit=10)) == [2]


def test_what_waits_comes_in_order_and_without_what_was_told() -> None:
    local = LocalStream("c:1")
    for seq in (5, 3, 2):
        local.keep_waiting(letter(seq))
    assert local.next_waiting() is None
    local.top = 2
    local.drop_told()
    found = local.next_waiting()
    assert found is not None
    assert found.seq == 3
    assert local.next_waiting() is None
    assert list(local.waiting) == [5]


def test_only_so_much_waits() -> None:
    local = LocalStream("c:1")
    for seq in range(streams.WAITING_MAX + 5):
        local.keep_waiting(letter(seq))
    assert len(local.waiting) == streams.WAITING_MAX


def test_a_copy_is_known_until_it_is_long_ago() -> None:
    copies = Copies()
    assert [copies.is_known(nonce) for nonce in ("a", "a", "b", "a")] == [False, True, False, True]
    for number in range(streams.NONCES_KEPT):
        copies.is_known(str(number))
    assert not copies.is_known("a")
