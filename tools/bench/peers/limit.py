"""The limit in Python, for where there is no C compiler: what comes in is sent to all as it is.

python limit.py PORT
"""

import selectors
import socket
import sys


def main(port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    poll = selectors.DefaultSelector()
    poll.register(listener, selectors.EVENT_READ)
    clients: set[socket.socket] = set()
    print("ready", flush=True)
    while True:
        for key, _ in poll.select():
            one = key.fileobj
            assert isinstance(one, socket.socket)  # noqa: S101 - narrows the type
            if one is listener:
                client, _ = listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                clients.add(client)
                poll.register(client, selectors.EVENT_READ)
                continue
            frame = one.recv(65_536)
            if not frame:
                clients.discard(one)
                poll.unregister(one)
                one.close()
            for client in clients if frame else ():
                client.send(frame)


if __name__ == "__main__":
    main(int(sys.argv[1]))
