"""The verdict on several instances, and how it looks."""

from tools.findings import (
    Findings,
    Grid,
    Order,
    Paint,
    find_journey,
    judge,
    percent,
    render_grids,
    render_order,
    render_speed,
    render_verdict,
)

BARE = Paint(enabled=False)
ORDER: Order = ((4, "Said on Instance-1"), (5, "Said on Instance-2"))


def full(count: int) -> Grid:
    return tuple(tuple(True for _ in range(count)) for _ in range(count))


def only_oneself(count: int) -> Grid:
    return tuple(tuple(row == column for column in range(count)) for row in range(count))


def findings(
    count: int,
    *,
    heard: Grid | None = None,
    online: Grid | None = None,
    orders: tuple[Order, ...] | None = None,
    trouble: tuple[str, ...] = (),
) -> Findings:
    return Findings(
        instances=tuple(f"Instance-{number}" for number in range(1, count + 1)),
        heard=full(count) if heard is None else heard,
        online=full(count) if online is None else online,
        orders=(ORDER,) * count if orders is None else orders,
        slowest_seconds=0.0234,
        trouble=trouble,
    )


def test_it_passes_when_everyone_hears_everything_and_looks_online() -> None:
    assert judge(findings(3)).passed


def test_it_fails_when_one_message_was_not_heard_by_one_instance() -> None:
    heard = ((True, True), (False, True))

    verdict = judge(findings(2, heard=heard))

    assert not verdict.passed
    assert "75 %" in verdict.sentence
    assert "Instance-1 missed something" in verdict.sentence


def test_it_fails_when_one_person_looks_offline_from_one_instance() -> None:
    online = ((True, True), (False, True))

    verdict = judge(findings(2, online=online))

    assert not verdict.passed
    assert "from Instance-2, somebody" in verdict.sentence


def test_it_fails_when_two_clients_saw_another_order() -> None:
    other: Order = ((4, "Said on Instance-2"), (5, "Said on Instance-1"))

    verdict = judge(findings(2, orders=(ORDER, other)))

    assert not verdict.passed
    assert "order" in verdict.sentence


def test_it_fails_when_a_client_had_to_ask_for_what_it_missed() -> None:
    verdict = judge(findings(2, trouble=("Instance-2: a hole in the stream (c:1: 5 after 3)",)))

    assert not verdict.passed
    assert "hole in the stream" in verdict.sentence


def test_it_fails_when_nothing_was_observed_at_all() -> None:
    assert not judge(findings(0, heard=(), online=(), orders=())).passed


def test_state_in_each_process_reaches_one_of_n() -> None:
    for count, share in ((2, 50), (10, 10)):
        assert percent(only_oneself(count)) == share
        verdict = judge(findings(count, heard=only_oneself(count), online=only_oneself(count)))
        assert not verdict.passed
        assert f"{share} %" in verdict.sentence


def test_a_single_missing_cell_is_never_rounded_up_to_all() -> None:
    almost = tuple(tuple((row, column) != (0, 0) for column in range(50)) for row in range(50))

    assert percent(almost) == 99


def test_the_tables_say_where_it_was_said_and_where_it_was_heard() -> None:
    lines = render_grids(findings(2, heard=((True, False), (True, True))), paint=BARE, width=80)

    assert "1 2" in lines[2]
    assert lines[3].startswith("Instance-1 ✓ –  50 %")  # noqa: RUF001 - what is really drawn
    assert lines[4].startswith("Instance-2 ✓ ✓ 100 %")
    assert lines[5].startswith("all             75 %")


def test_ten_instances_fit_one_screen_of_80_by_24() -> None:
    found = findings(10)
    lines = render_grids(found, paint=BARE, width=80)

    assert all(len(line) <= 80 for line in lines)
    assert len(lines) <= 14
    assert lines[2].count("10") == 2


def test_a_narrow_terminal_gets_one_table_below_the_other() -> None:
    lines = render_grids(findings(10), paint=BARE, width=60)

    assert all(len(line) <= 60 for line in lines)
    assert lines.index("Who heard whom") < lines.index("Who looks online to whom")


def test_colours_change_nothing_but_colour() -> None:
    found = findings(3, heard=only_oneself(3))
    painted = render_grids(found, paint=Paint(enabled=True), width=80)
    bare = render_grids(found, paint=BARE, width=80)

    assert painted != bare
    for escape in ("\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"):
        painted = [line.replace(escape, "") for line in painted]
    assert painted == bare


def test_without_colours_no_escape_is_printed() -> None:
    found = findings(2, heard=only_oneself(2))
    text = "\n".join(render_grids(found, paint=BARE, width=80))

    assert "\x1b" not in text + render_verdict(judge(found), paint=BARE)


def test_the_order_line_says_what_was_compared() -> None:
    assert "all 2 saw the same 2 messages" in render_order(findings(2))
    assert "NOT agree" in render_order(findings(2, orders=(ORDER, ORDER[:1])))
    assert "none to compare" in render_order(findings(2, orders=((), ())))


def test_the_speed_is_said_in_milliseconds() -> None:
    assert "23 ms" in render_speed(findings(2))


def test_the_journey_is_said_then_sent_then_delivered() -> None:
    lines = [
        "2026-01-05T09:00:00Z [Instance-2] DELIVER channel=7 seq=812 sockets=1",
        "2026-01-05T09:00:00Z [Instance-1] DELIVER channel=7 seq=812 sockets=1",
        "2026-01-05T09:00:00Z [Instance-1] BROADCAST stream=c:7 seq=812",
        "2026-01-05T09:00:00Z [Instance-1] MESSAGE_SEND user=3 channel=7 seq=812",
        "2026-01-05T09:00:00Z [Instance-1] MESSAGE_SEND user=3 channel=7 seq=8123",
        "2026-01-05T09:00:00Z [Instance-1] MESSAGE_SEND user=3 channel=77 seq=812",
        "2026-01-05T09:00:00Z [Instance-1] CONNECT user=3",
    ]

    assert find_journey(lines, channel_id="7", seq=812, deliveries=1) == [
        "[Instance-1] MESSAGE_SEND user=3 channel=7 seq=812",
        "[Instance-1] BROADCAST stream=c:7 seq=812",
        "[Instance-2] DELIVER channel=7 seq=812 sockets=1",
        "… and 1 more like the last",
    ]
