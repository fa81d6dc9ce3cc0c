/*
 * Consumers of an event hub, each with a connection and a link for each partition. They read as fast as they can, accept
 * what they have read, and ask for more when half of their credit is used.
 *
 * consumers --port N --address A [--count 1] [--partitions 1] [--token T] [--credit 300] [--tls 1] [--pids A,B]
 *           [--events N | --warm-up MS --measure MS]
 *
 * The address is a format, with the numbers of the consumer and the partition. With --events, they read until each has
 * so many. Otherwise they print one JSON object when all links are there, and then measure how old the events are that
 * come: these say when they were sent. In the end one JSON object with the measurements is printed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "amqp.h"
#include "measure.h"
#include "wire.h"

enum { TOKENS, REPLIES, EVENTS, LINKS = 8 };

struct link {
  /* The handle that the server has given to its end. */
  uint32_t theirs, received, promised;
};

struct consumer {
  struct wire wire; /* first: epoll gives its address */
  long number;
  struct link links[LINKS];
  uint32_t received, accepted;
  unsigned long events;
  bool is_known, is_done;
};

static struct consumer *consumers;
static long count, partitions, ready, done;
static int epoll;
static uint32_t credit;
static unsigned long wanted, operations, bytes;
static const char *token, *address;
static bool measuring;
static struct histogram ages;

static void grant(struct consumer *consumer, uint32_t handle) {
  struct link *link = &consumer->links[handle];
  link->promised = link->received + credit;
  amqp_credit(&consumer->wire, handle, link->received, credit, consumer->received);
}

static void attach_events(struct consumer *consumer) {
  char text[128];
  for (long i = 0; i < partitions; i++) {
    snprintf(text, sizeof text, address, (int)consumer->number, (int)i);
    amqp_attach(&consumer->wire, EVENTS + (uint32_t)i, true, text);
  }
  ready++;
}

static void begin(struct consumer *consumer) {
  amqp_hello(&consumer->wire);
  if (*token == 0) {
    attach_events(consumer);
    return;
  }
  amqp_attach(&consumer->wire, TOKENS, false, "$cbs");
  amqp_attach(&consumer->wire, REPLIES, true, "$cbs");
  amqp_credit(&consumer->wire, REPLIES, 0, 10, 0);
}

static void hear_attach(struct consumer *consumer, const struct amqp_frame *frame) {
  uint32_t own = amqp_own_handle(frame) % LINKS;
  consumer->links[own].theirs = amqp_field(frame, 1, UINT32_MAX);
  if (own >= EVENTS) grant(consumer, own);
}

static void hear_flow(struct consumer *consumer, const struct amqp_frame *frame) {
  if (consumer->is_known || *token == 0 || amqp_field(frame, 6, 0) == 0) return;
  unsigned char message[1024];
  amqp_transfer(&consumer->wire, TOKENS, 0, message, amqp_token(message, token));
  consumer->is_known = true;
}

/* ns since an event was sent. */
static void note_age(const struct amqp_frame *frame) {
  static const char mark[] = "\"sent\":\"";
  const char *at = memmem(frame->fields, (size_t)(frame->end - frame->fields), mark, sizeof mark - 1);
  if (at == NULL) fail("an event does not say when it was sent");
  histogram_add(&ages, now_ns() - strtoull(at + sizeof mark - 1, NULL, 16));
}

static void hear_transfer(struct consumer *consumer, const struct amqp_frame *frame) {
  uint32_t theirs = amqp_field(frame, 0, UINT32_MAX), own = EVENTS;
  consumer->received++;
  if (consumer->is_known && theirs == consumer->links[REPLIES].theirs) {
    attach_events(consumer);
    return;
  }
  while (own < LINKS - 1 && consumer->links[own].theirs != theirs) own++;
  struct link *link = &consumer->links[own];
  link->received++;
  consumer->events++;
  operations++;
  bytes += frame->size;
  if (measuring) note_age(frame);
  if (link->promised - link->received <= credit / 2) grant(consumer, own);
}

static void hear(struct consumer *consumer, const struct amqp_frame *frame) {
  switch (frame->code) {
    case AMQP_ATTACH:
      hear_attach(consumer, frame);
      break;
    case AMQP_FLOW:
      hear_flow(consumer, frame);
      break;
    case AMQP_TRANSFER:
      hear_transfer(consumer, frame);
      break;
    case AMQP_DETACH:
    case AMQP_END:
    case AMQP_CLOSE:
      fail("detached or closed");
  }
}

static void turn(struct consumer *consumer) {
  if (!wire_turn(&consumer->wire, epoll)) fail("a connection is lost");
  size_t taken = 0;
  struct amqp_frame frame;
  while (amqp_next(consumer->wire.in + taken, consumer->wire.in_length - taken, &frame)) {
    hear(consumer, &frame);
    taken += frame.size;
  }
  if (taken > 0) wire_took(&consumer->wire, taken);
  if (consumer->received > consumer->accepted)
    amqp_accept(&consumer->wire, consumer->accepted, consumer->received - 1);
  consumer->accepted = consumer->received;
  if (!wire_flush(&consumer->wire, epoll)) fail("a connection is lost");
  if (consumer->is_done || wanted == 0 || consumer->events < wanted) return;
  consumer->is_done = true;
  done++;
}

static void turn_all(void) {
  struct epoll_event events[32];
  int found = epoll_wait(epoll, events, 32, 100);
  for (int i = 0; i < found; i++) turn(events[i].data.ptr);
}

static void turn_until(uint64_t deadline) {
  while (now_ns() < deadline) turn_all();
}

static void dial_all(int port, SSL_CTX *context) {
  consumers = calloc((size_t)count, sizeof *consumers);
  for (long i = 0; i < count; i++) {
    consumers[i].number = i;
    for (int link = 0; link < LINKS; link++) consumers[i].links[link].theirs = UINT32_MAX;
    wire_dial(&consumers[i].wire, epoll, port, context);
    begin(&consumers[i]);
  }
}

/* Measures all of it, connections included, if a number of events is wanted. */
static void measure(uint64_t warm_up, uint64_t length, const char *pids, int port, SSL_CTX *context) {
  uint64_t cpu = cpu_us(pids), start = now_ns();
  dial_all(port, context);
  if (wanted > 0) {
    while (done < count && now_ns() - start < 60000000000u) turn_all();
    if (done < count) fail("only %lu events have come", operations);
  } else {
    while (ready < count) turn_all();
    turn_until(now_ns() + 100000000u); /* links are attached meanwhile */
    printf("{\"ready\":%ld}\n", ready);
    fflush(stdout);
    turn_until(now_ns() + warm_up);
    cpu = cpu_us(pids), start = now_ns();
    operations = bytes = 0;
    measuring = true;
    turn_until(start + length);
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"cpu\":%lu,\"bytes\":%lu,\"p50\":%.1f,\"p99\":%.1f}\n", operations, seconds,
         (unsigned long)(cpu_us(pids) - cpu), bytes, histogram_us(&ages, 0.5), histogram_us(&ages, 0.99));
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  count = option_number(argc, argv, "count", 1);
  partitions = option_number(argc, argv, "partitions", 1);
  if (partitions > LINKS - EVENTS) fail("at most %d partitions", LINKS - EVENTS);
  credit = (uint32_t)option_number(argc, argv, "credit", 300);
  wanted = (unsigned long)option_number(argc, argv, "events", 0);
  token = option(argc, argv, "token", "");
  address = option(argc, argv, "address", NULL);
  SSL_CTX *context = option_number(argc, argv, "tls", 1) ? wire_context() : NULL;
  measure((uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u,
          (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u, option(argc, argv, "pids", ""),
          (int)option_number(argc, argv, "port", 5671), context);
  for (long i = 0; i < count; i++) wire_close(&consumers[i].wire);
  return 0;
}
