"""`python -m chatproject`: the whole of Parley on this machine, as the environment says."""

import sys

from django.core.exceptions import ImproperlyConfigured

from chatproject import env
from operations.supervisor import CannotStart, Plan, Supervisor


def main() -> int:
    try:
        folder = env.data_dir()
        processes = env.integer("PROCESSES", 2, minimum=1)
        plan = Plan(
            command=[sys.executable, str(env.ROOT / "manage.py"), "serve"],
            worker=[sys.executable, str(env.ROOT / "manage.py"), "work"],
            folder=folder,
            host=env.text("HOST", "127.0.0.1"),
            port=env.integer("PORT", 8000, minimum=1, maximum=env.PORT_MAX - processes),
            processes=processes,
            valkey_address=None if env.text("REDIS_URL") else env.embedded_socket(folder),
        )
        Supervisor(plan).run()
    except (CannotStart, ImproperlyConfigured) as error:
        print(f"[parley] {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
