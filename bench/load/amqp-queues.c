/*
 * Devices that take what waits for them: some tens on each TLS connection, without tokens. Their links are attached first; then
 * all get credit at once, and every message is accepted.
 *
 * amqp-queues --port N --count N --each N
 *
 * Prints one JSON object: how many messages came, in how many seconds. Stays until its input ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "amqp.h"
#include "measure.h"
#include "wire.h"

/* A session of the emulator has at most 64. */
enum { LINKS = 50 };

struct connection {
  struct wire wire; /* first: epoll gives its address */
  uint32_t links;
  /* Delivery ids count up on each session. */
  uint32_t received, accepted;
};

static struct connection *connections;
static long count, attached, received;
static int epoll;

static void hear(struct connection *connection, const struct amqp_frame *frame) {
  switch (frame->code) {
    case AMQP_ATTACH:
      attached++;
      break;
    case AMQP_TRANSFER:
      connection->received++;
      received++;
      break;
    case AMQP_DETACH:
    case AMQP_END:
    case AMQP_CLOSE:
      fail("detached or closed");
  }
}

static void turn(struct connection *connection) {
  if (!wire_turn(&connection->wire, epoll)) fail("a connection is lost");
  size_t taken = 0;
  struct amqp_frame frame;
  while (amqp_next(connection->wire.in + taken, connection->wire.in_length - taken, &frame)) {
    hear(connection, &frame);
    taken += frame.size;
  }
  if (taken > 0) wire_took(&connection->wire, taken);
  if (connection->received > connection->accepted)
    amqp_accept(&connection->wire, connection->accepted, connection->received - 1);
  connection->accepted = connection->received;
  if (!wire_flush(&connection->wire, epoll)) fail("a connection is lost");
}

static void turn_all(void) {
  struct epoll_event events[64];
  int found = epoll_wait(epoll, events, 64, 1000);
  for (int i = 0; i < found; i++) turn(events[i].data.ptr);
}

static void dial(struct connection *connection, long first, int port, SSL_CTX *context) {
  char address[64];
  wire_dial(&connection->wire, epoll, port, context);
  amqp_hello(&connection->wire);
  for (; connection->links < LINKS && first + connection->links < count; connection->links++) {
    snprintf(address, sizeof address, "/devices/d%ld/messages/devicebound", first + connection->links);
    amqp_attach(&connection->wire, connection->links, true, address);
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  count = option_number(argc, argv, "count", 1);
  long each = option_number(argc, argv, "each", 1);
  int port = (int)option_number(argc, argv, "port", 5671);
  SSL_CTX *context = wire_context();
  long needed = (count + LINKS - 1) / LINKS;
  connections = calloc((size_t)needed, sizeof *connections);
  for (long i = 0; i < needed; i++) {
    dial(&connections[i], i * LINKS, port, context);
    while (attached < i * LINKS) turn_all();
  }
  while (attached < count) turn_all();
  uint64_t start = now_ns();
  for (long i = 0; i < needed; i++) {
    for (uint32_t link = 0; link < connections[i].links; link++)
      amqp_credit(&connections[i].wire, link, 0, (uint32_t)each, 0);
    if (!wire_flush(&connections[i].wire, epoll)) fail("a connection is lost");
  }
  while (received < count * each) turn_all();
  printf("{\"received\":%ld,\"seconds\":%.6f}\n", received, (double)(now_ns() - start) / 1e9);
  fflush(stdout);
  while (getchar() != EOF) continue;
  for (long i = 0; i < needed; i++) wire_close(&connections[i].wire);
  return 0;
}
