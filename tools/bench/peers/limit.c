/* The limit: what comes in on one socket is written to all of them as it is, and nothing else is done.

   limit PORT: listens there, says "ready", and ends when it is killed. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 65536, EVENTS_MAX = 64, BYTES_MAX = 65536 };

static int clients[CLIENTS_MAX];
static int count;

static void leave(int gone) {
    for (int i = 0; i < count; i++)
        if (clients[i] == gone) {
            clients[i] = clients[--count];
            break;
        }
    close(gone);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("limit");
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, found[EVENTS_MAX];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
    puts("ready");
    fflush(stdout);
    static char bytes[BYTES_MAX];
    for (;;) {
        int happened = epoll_wait(poll, found, EVENTS_MAX, -1);
        for (int i = 0; i < happened; i++) {
            int fd = found[i].data.fd;
            if (fd == listener) {
                int client = accept(listener, NULL, NULL);
                if (client < 0 || count == CLIENTS_MAX) continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                wanted.data.fd = clients[count++] = client;
                epoll_ctl(poll, EPOLL_CTL_ADD, client, &wanted);
                continue;
            }
            ssize_t length = read(fd, bytes, sizeof bytes);
            if (length <= 0) {
                leave(fd);
                continue;
            }
            for (int to = 0; to < count; to++)
                if (write(clients[to], bytes, length) != length) perror("limit: a short write");
        }
    }
}
