"""The API does what its OpenAPI document says: schemathesis tries to prove otherwise.

`SCHEMATHESIS_EXAMPLES` says how many requests are made up for each operation.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.cluster import Cluster

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "12"))
SECONDS = 300 + EXAMPLES * 20

LEFT_OUT = [
    # It may say anything, but then whoever asks is nobody any more.
    "tokens_revoke",
    # A body of a media type that schemathesis cannot write.
    "uploads_append",
]
"""Operations that cannot be tried, by their ids."""

# Ids are counted from 1, and what is made up begins there: the token that is used must be far away.
PREPARE = """
from accounts import people, tokens
from accounts.models import Role, Token
from chat.services import channels, messages
import uuid
owner = people.create(username="owner", display_name="Owner", role=Role.OWNER)
for name in ("one", "two", "three"):
    channel = channels.create(by=owner.pk, name=name, kind="public")
    for text in ("a", "b"):
        messages.post(
            author_id=owner.pk, channel_id=channel.pk, client_id=uuid.uuid4(), text=text
        )
token, secret = tokens.issue(user_id=owner.pk, name="schemathesis", expires_at=None)
Token.objects.filter(pk=token.pk).update(id=987654321)
print(secret)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(instances=1, env={"LOG_LEVEL": "warning"}) as running:
        yield running


@pytest.mark.timeout(SECONDS + 60)
def test_nothing_that_can_be_made_up_breaks_what_the_document_says(
    cluster: Cluster, tmp_path: Path
) -> None:
    secret = cluster.manage("shell", "-v0", "-c", PREPARE).strip().splitlines()[-1]
    url = cluster.instances[0].url
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={Path(__file__).with_name('schemathesis.toml')}",
        "run",
        f"{url}/api/v1/schema/",
        f"--header=Authorization: Bearer {secret}",
        f"--max-examples={EXAMPLES}",
        "--phases=examples,coverage,fuzzing,stateful",
        "--workers=1",
        "--seed=1",
        "--suppress-health-check=all",
        "--warnings=off",
        *(f"--exclude-operation-id={name}" for name in LEFT_OUT),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_COLOR": "1"},
    )
    report = done.stdout[-30_000:] + done.stderr[-5_000:]
    assert done.returncode == 0, report
    log = "\n".join(cluster.instances[0].log_lines())
    assert "UNEXPECTED" not in log
    assert "Traceback" not in log
