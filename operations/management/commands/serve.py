"""`manage.py serve`: one process."""

import contextlib
import os
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from channels.routing import get_default_application
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations import starting
from realtime import listening, server

logger = structlog.stdlib.get_logger("parley.serve")


BODY_EXTRA_BYTES = 1024 * 1024
"""What a form adds to the largest file, and more than any other request needs."""

EXIT_SECONDS = 5.0
"""So long the interpreter may take to end once everything is done."""


class Command(BaseCommand):
    help = "Run one process of the cluster. INSTANCE_ID and PORT in the environment name it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instance-id", help="overrides INSTANCE_ID")
        parser.add_argument("--port", type=int, help="overrides PORT")
        parser.add_argument("--host", help="overrides HOST")
        parser.add_argument(
            "--fd",
            type=int,
            action="append",
            default=[],
            metavar="N",
            help="serve on a listening socket that was handed over, instead of HOST and PORT",
        )
        starting.add_lifeline(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        self._restart_with_names(options)
        is_stopping = _end_in_order()
        listening.allow_many_sockets()
        with contextlib.ExitStack() as stack:
            sockets = self._sockets(options)
            for one in sockets:
                stack.callback(one.close)
            stack.enter_context(starting.prepared(lifeline_descriptor=options["lifeline"]))
            application = get_default_application()
            logger.info("SERVE", address=", ".join(_address(one) for one in sockets))
            server.ParleyServer(
                application,
                sockets=sockets,
                body_max_bytes=settings.FILE_MAX_BYTES + BODY_EXTRA_BYTES,
                is_stopping=is_stopping.is_set,
            ).run()
        _end_soon()

    def _restart_with_names(self, options: dict[str, Any]) -> None:
        # The settings are made from the environment, so a name on the command line must be there
        # before they are read.
        given = {
            "INSTANCE_ID": options["instance_id"],
            "PORT": options["port"],
            "HOST": options["host"],
        }
        current = {name: str(getattr(settings, name)) for name in given}
        wanted = {
            name: str(value).strip()
            for name, value in given.items()
            if value is not None and str(value).strip() not in {"", current[name]}
        }
        if wanted:
            environment = {**os.environ, **wanted}
            os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606

    def _sockets(self, options: dict[str, Any]) -> list[socket.socket]:
        try:
            if options["fd"]:
                return [listening.adopt(descriptor) for descriptor in options["fd"]]
            return [listening.listen(settings.HOST, settings.PORT)]
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. "
                "Choose another PORT."
            ) from None


def _end_in_order() -> threading.Event:
    """Clean up also when told to stop before the server runs, or when the terminal is closed.

    Return what is set when that happens: whatever runs in this moment may swallow the exception.
    """
    is_stopping = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        is_stopping.set()
        sys.exit(0)

    def pass_on(_number: int, _frame: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, pass_on)
    return is_stopping


def _end_soon() -> None:
    """End the process even if a thread still waits for the event loop, which runs no more.

    Python waits for every thread of a pool, and a request that came in the last moment may have
    one that nothing will ever wake.
    """
    timer = threading.Timer(EXIT_SECONDS, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
