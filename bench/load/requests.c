/*
 * Sends HTTP requests over persistent connections, one outstanding per connection, and waits for 200.
 *
 * requests --port N --file FILE [--connections N] [--tls 0] [--warm-up MS] [--measure MS] [--pids A,B]
 *
 * FILE has complete requests, each ended by a NUL byte; the connections take them in turn.
 * Prints one JSON object with the measurements.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>

#include "measure.h"
#include "wire.h"

struct connection {
  struct wire wire; /* first: epoll gives its address */
  uint64_t sent_at;
};

static struct histogram latencies;
static bool measuring, running = true;
static unsigned long wrong;
static const char **requests;
static size_t request_count, next_request;
static int epoll;

static void read_requests(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fail("cannot open %s", path);
  char *text = NULL;
  size_t capacity = 0;
  while (getdelim(&text, &capacity, 0, file) > 0) {
    requests = realloc(requests, (request_count + 1) * sizeof *requests);
    requests[request_count++] = text;
    text = NULL;
    capacity = 0;
  }
  fclose(file);
  if (request_count == 0) fail("%s is empty", path);
}

static void send_next(struct connection *connection) {
  const char *request = requests[next_request++ % request_count];
  connection->sent_at = now_ns();
  wire_put(&connection->wire, request, strlen(request));
}

/* The length of the answer at the start of `in`; 0 if it is not complete. */
static size_t answer_size(const struct wire *wire) {
  static const char name[] = "\r\ncontent-length:";
  const char *in = (const char *)wire->in;
  const char *end = memmem(in, wire->in_length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  for (const char *at = in; at + sizeof name - 1 < end; at++)
    if (strncasecmp(at, name, sizeof name - 1) == 0) {
      size_t size = (size_t)(end + 4 - in) + strtoul(at + sizeof name - 1, NULL, 10);
      return size <= wire->in_length ? size : 0;
    }
  fail("an answer without Content-Length: %.*s", (int)(end - in), in);
}

static void turn(struct connection *connection) {
  struct wire *wire = &connection->wire;
  if (!wire_turn(wire, epoll)) fail("the server closed a connection");
  if (wire->in_length == 0) return;
  size_t size = answer_size(wire);
  if (size == 0) return;
  if (memcmp(wire->in, "HTTP/1.1 200 ", 13) != 0 && wrong++ == 0)
    fprintf(stderr, "not 200: %.*s\n", (int)(size < 600 ? size : 600), wire->in);
  wire_took(wire, size);
  if (measuring) histogram_add(&latencies, now_ns() - connection->sent_at);
  if (running) send_next(connection);
  if (!wire_flush(wire, epoll)) fail("the server closed a connection");
}

static void turn_until(uint64_t deadline) {
  struct epoll_event events[256];
  while (now_ns() < deadline) {
    int found = epoll_wait(epoll, events, 256, 10);
    for (int i = 0; i < found; i++) turn(events[i].data.ptr);
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  read_requests(option(argc, argv, "file", NULL));
  epoll = epoll_create1(0);
  SSL_CTX *context = option_number(argc, argv, "tls", 0) ? wire_context() : NULL;
  long count = option_number(argc, argv, "connections", 32);
  struct connection *connections = calloc((size_t)count, sizeof *connections);
  for (long i = 0; i < count; i++) {
    wire_dial(&connections[i].wire, epoll, (int)option_number(argc, argv, "port", 8080), context);
    send_next(&connections[i]);
  }
  const char *pids = option(argc, argv, "pids", "");
  turn_until(now_ns() + (uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u);
  uint64_t cpu = cpu_us(pids), start = now_ns();
  measuring = true;
  turn_until(start + (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u);
  measuring = running = false;
  double seconds = (double)(now_ns() - start) / 1e9;
  cpu = cpu_us(pids) - cpu;
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"cpu\":%lu,\"wrong\":%lu}\n", latencies.count,
         seconds, histogram_us(&latencies, 0.5), histogram_us(&latencies, 0.99), cpu, wrong);
  return 0;
}
