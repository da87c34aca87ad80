"""`manage.py probe` against real processes: all is well, and not."""

import json

import pytest

from tools.cluster import Cluster
from tools.programs import StartError
from tools.rest import Rest


def test_a_probe_says_how_long_a_message_takes_between_all_and_leaves_nothing() -> None:
    with Cluster(instances=2) as cluster:
        crew = cluster.provision(users=1, channel="general")
        names = {instance.id for instance in cluster.instances}
        for _ in range(2):
            # The second time with what there is of the first.
            pairs = [json.loads(line) for line in cluster.manage("probe", "--json").splitlines()]
            assert {(pair["sender"], pair["hearer"]) for pair in pairs} == {
                (one, other) for one in names for other in names
            }
            assert all(0 < pair["milliseconds"] < 5000 for pair in pairs), pairs
        assert "ms" in cluster.manage("probe")
        with pytest.raises(StartError, match="slower than 0 ms"):
            cluster.manage("probe", "--slower-than", "0")
        rest = Rest(url=cluster.instances[0].url, token=crew.users[0].token)
        shown = rest.get("/api/v1/channels", dict[str, object])
        assert "parley-probe" not in json.dumps(shown)
        kept = cluster.manage("shell", "-c", KEPT)
        assert json.loads(kept.splitlines()[-1]) == {
            "messages": 0,
            "tokens": 0,
            "events": 1,
            "active": False,
            "audit": 0,
        }
        cluster.instances[1].kill()
        with pytest.raises(StartError, match=r"failed|lost"):
            cluster.manage("probe")


KEPT = """
import json
from accounts.models import Token, User
from audit.models import Entry
from chat.models import Message
from realtime.models import Event
bot = User.objects.get(username="parley-probe")
stream = f"u:{bot.pk}"
print(json.dumps({
    "messages": Message.objects.filter(author=bot).count(),
    "tokens": Token.objects.filter(user=bot).count(),
    "events": Event.objects.filter(stream__name__in=[stream, "c:2"]).count(),
    "active": bot.is_active,
    "audit": Entry.objects.count(),
}))
"""
