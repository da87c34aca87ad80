"""The product's settings, and what is to go wrong. Refuses everything that could be real."""

import sys

from chatproject import env
from chatproject import settings as product
from chatproject.settings import *  # noqa: F403 - all of them
from tests.faulty import guard, plan

guard.require_loopback(host=product.HOST, origins=product.ORIGINS)
guard.require_own_data(product.DATA_DIR)

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.faulty"]

FAULTY_PLAN = plan.Plan(
    failpoints=env.text("FAILPOINTS"),
    hub_faults=env.text("HUB_FAULTS"),
    file=env.text("FAULTS_FILE"),
)
FAULTY_SWITCHES = plan.switches(env.text("SWITCHES"))

FAULTY_SERVES = sys.argv[1:2] == ["serve"]
"""Commands that prepare or examine a deployment run whole."""
