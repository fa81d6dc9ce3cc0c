/*
 * A consumer of an event stream: reads as fast as it can, accepts what it has read, and asks for more when half of its
 * credit is used.
 *
 * amqp-reader --port N --address A [--credit 300] [--tls 1] [--warm-up MS] [--measure MS] [--pids A,B]
 *
 * Prints one JSON object of what was measured.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>

#include "amqp.h"
#include "measure.h"
#include "wire.h"

enum { EVENTS = 2 };

static struct wire wire;
static int epoll;
static uint32_t credit, received, promised, first;
static unsigned long bytes;

static void hear(const struct amqp_frame *frame) {
  if (frame->code == AMQP_DETACH || frame->code == AMQP_END || frame->code == AMQP_CLOSE) fail("detached or closed");
  if (frame->code != AMQP_TRANSFER) return;
  received++;
  bytes += frame->size;
}

static void turn(void) {
  struct epoll_event event;
  if (epoll_wait(epoll, &event, 1, 100) < 1) return;
  if (!wire_turn(&wire, epoll)) fail("the connection is lost");
  size_t taken = 0;
  struct amqp_frame frame;
  while (amqp_next(wire.in + taken, wire.in_length - taken, &frame)) {
    hear(&frame);
    taken += frame.size;
  }
  if (taken > 0) wire_took(&wire, taken);
  if (received > first) amqp_accept(&wire, first, received - 1);
  first = received;
  if (promised - received <= credit / 2) {
    promised = received + credit;
    amqp_credit(&wire, EVENTS, received, credit, received);
  }
  if (!wire_flush(&wire, epoll)) fail("the connection is lost");
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  credit = (uint32_t)option_number(argc, argv, "credit", 300);
  const char *pids = option(argc, argv, "pids", "");
  wire_dial(&wire, epoll, (int)option_number(argc, argv, "port", 5671), option_number(argc, argv, "tls", 1) ? wire_context() : NULL);
  amqp_hello(&wire);
  amqp_attach(&wire, EVENTS, true, option(argc, argv, "address", NULL));
  for (uint64_t end = now_ns() + (uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u; now_ns() < end;) turn();
  uint32_t before = received;
  unsigned long bytes_before = bytes;
  uint64_t cpu = cpu_us(pids), start = now_ns();
  for (uint64_t end = start + (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u; now_ns() < end;) turn();
  double seconds = (double)(now_ns() - start) / 1e9;
  printf("{\"operations\":%u,\"seconds\":%.6f,\"cpu\":%lu,\"bytes\":%lu}\n", received - before, seconds,
         (unsigned long)(cpu_us(pids) - cpu), bytes - bytes_before);
  wire_close(&wire);
  return 0;
}
