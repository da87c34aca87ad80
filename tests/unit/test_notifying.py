"""Whether a message is told at once: the table that the browser is held to as well."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chat.notifying import QuietHours, Situation, decide

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "notification_cases.json").read_text(encoding="utf-8")
)


def situation_of(given: dict[str, Any]) -> Situation:
    values = {**TABLE["defaults"], **given}
    hours = values.pop("quiet_hours")
    until = values.pop("dnd_until")
    return Situation(
        **{**values, "now": datetime.fromisoformat(values["now"])},
        dnd_until=None if until is None else datetime.fromisoformat(until),
        quiet_hours=QuietHours()
        if hours is None
        else QuietHours(
            is_on=hours["is_on"], start=hours["from"], to=hours["to"], days=hours["days"]
        ),
    )


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_table_decides(case: dict[str, Any]) -> None:
    decision = decide(situation_of(case["given"]))
    assert {
        "counts_as_mention": decision.counts_as_mention,
        "notifies": decision.notifies,
        "reason": decision.reason,
    } == case["expect"]


def test_the_table_is_large_and_knows_every_reason() -> None:
    reasons = {case["expect"]["reason"] for case in TABLE["cases"]}
    assert len(TABLE["cases"]) >= 80
    assert len(reasons) == 14
