/*
 * Devices that speak AMQP: each puts a token, attaches links for telemetry and for messages to it, and then sends
 * telemetry, with so many messages outstanding per device; or just stays connected.
 *
 * amqp-devices --port N --count N [--burst N] [--tls 1] [--token 1] [--hold 1] [--outstanding 1] [--warm-up MS]
 *              [--measure MS] [--pids A,B]
 *
 * Prints one JSON object once all are ready and, unless told to hold, one of what was measured.
 * With --hold it waits for the end of its input and then tells how many connections are left.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "amqp.h"
#include "measure.h"
#include "wire.h"

enum { TOKENS, REPLIES, TELEMETRY, MESSAGES };
enum { WINDOW = 256 };

static const char TOKEN[] =
    "SharedAccessSignature sr=localhost%2Fdevices%2Fd1&sig=c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl&se=1900000000";

struct device {
  struct wire wire; /* first: epoll gives its address */
  enum { OFF, CONNECTING, READY } state;
  uint32_t next_id, sent, credit;
  /* The handles that the server has given to its ends of the links. */
  uint32_t handles[4];
  long outstanding;
  uint64_t sent_at[WINDOW];
};

static struct device *devices;
static long count, started, ready, lost, outstanding;
static int epoll;
static bool with_token, measuring, running;
static unsigned long wrong;
static struct histogram latencies;

static void drop(struct device *device) {
  wire_close(&device->wire);
  device->state = OFF;
  lost++;
}

static void send_telemetry(struct device *device) {
  unsigned char message[1024];
  while (running && device->outstanding < outstanding && device->credit > 0) {
    size_t length = amqp_telemetry(message, device->next_id);
    device->sent_at[device->next_id % WINDOW] = now_ns();
    amqp_transfer(&device->wire, TELEMETRY, device->next_id++, message, length);
    device->outstanding++;
    device->sent++;
    device->credit--;
  }
}

static void attach_all(struct device *device) {
  amqp_attach(&device->wire, TELEMETRY, false, "/devices/d1/messages/events");
  amqp_attach(&device->wire, MESSAGES, true, "/devices/d1/messages/devicebound");
  amqp_credit(&device->wire, MESSAGES, 0, 10, 0);
}

static void hear_flow(struct device *device, const struct amqp_frame *frame) {
  uint32_t handle = amqp_field(frame, 4, UINT32_MAX - 1);
  uint32_t delivery_count = amqp_field(frame, 5, 0), credit = amqp_field(frame, 6, 0);
  if (with_token && handle == device->handles[TOKENS] && credit > 0 && device->next_id == 0) {
    unsigned char message[1024];
    size_t length = amqp_token(message, TOKEN);
    amqp_transfer(&device->wire, TOKENS, device->next_id++, message, length);
  } else if (handle == device->handles[TELEMETRY]) {
    device->credit = delivery_count + credit - device->sent;
    if (device->state == CONNECTING && credit > 0) {
      device->state = READY;
      ready++;
    }
    send_telemetry(device);
  }
}

static void hear_disposition(struct device *device, const struct amqp_frame *frame) {
  uint32_t first = amqp_field(frame, 1, 0), last = amqp_field(frame, 2, first);
  if (amqp_field(frame, 0, 0) != 1 || device->state != READY) return;
  for (uint32_t id = first; id <= last; id++) {
    if (measuring) histogram_add(&latencies, now_ns() - device->sent_at[id % WINDOW]);
    device->outstanding--;
  }
  send_telemetry(device);
}

static void hear(struct device *device, const struct amqp_frame *frame) {
  switch (frame->code) {
    case AMQP_ATTACH:
      device->handles[amqp_own_handle(frame) % 4] = amqp_field(frame, 1, UINT32_MAX);
      break;
    case AMQP_FLOW:
      hear_flow(device, frame);
      break;
    case AMQP_TRANSFER:
      amqp_accept(&device->wire, amqp_field(frame, 1, 0), amqp_field(frame, 1, 0));
      attach_all(device);
      break;
    case AMQP_DISPOSITION:
      hear_disposition(device, frame);
      break;
    case AMQP_DETACH:
    case AMQP_END:
    case AMQP_CLOSE:
      wrong++;
  }
}

static void turn(struct device *device) {
  if (device->state == OFF) return;
  if (!wire_turn(&device->wire, epoll)) return drop(device);
  size_t taken = 0;
  struct amqp_frame frame;
  while (amqp_next(device->wire.in + taken, device->wire.in_length - taken, &frame)) {
    hear(device, &frame);
    taken += frame.size;
  }
  if (taken > 0) wire_took(&device->wire, taken);
  if (!wire_flush(&device->wire, epoll)) drop(device);
}

/* True if there is input on the standard input, once watched. */
static bool turn_all(uint64_t wait_ns) {
  struct epoll_event events[512];
  struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000u), .tv_nsec = (long)(wait_ns % 1000000000u)};
  int found = epoll_pwait2(epoll, events, 512, &wait, NULL);
  bool input = false;
  for (int i = 0; i < found; i++) {
    if (events[i].data.ptr == NULL) input = true;
    else turn(events[i].data.ptr);
  }
  return input;
}

static void dial(int port, SSL_CTX *context) {
  struct device *device = &devices[started++];
  device->state = CONNECTING;
  for (int link = TOKENS; link <= MESSAGES; link++) device->handles[link] = UINT32_MAX;
  wire_dial(&device->wire, epoll, port, context);
  if (device->wire.state == WIRE_CLOSED) return drop(device);
  amqp_hello(&device->wire);
  if (with_token) {
    amqp_attach(&device->wire, TOKENS, false, "$cbs");
    amqp_attach(&device->wire, REPLIES, true, "$cbs");
    amqp_credit(&device->wire, REPLIES, 0, 10, 0);
  } else {
    attach_all(device);
  }
}

static void connect_all(int port, SSL_CTX *context, long burst) {
  uint64_t start = now_ns();
  while (ready + lost < count && now_ns() - start < 60000000000u) {
    while (started < count && started - ready - lost < burst) dial(port, context);
    turn_all(100000000u);
  }
  printf("{\"up\":%ld,\"lost\":%ld,\"seconds\":%.6f}\n", ready, lost, (double)(now_ns() - start) / 1e9);
  fflush(stdout);
}

static void measure(uint64_t warm_up, uint64_t length, const char *pids) {
  running = true;
  for (long i = 0; i < count; i++) {
    send_telemetry(&devices[i]);
    if (!wire_flush(&devices[i].wire, epoll)) drop(&devices[i]);
  }
  for (uint64_t end = now_ns() + warm_up; now_ns() < end;) turn_all(10000000u);
  uint64_t cpu = cpu_us(pids), start = now_ns();
  measuring = true;
  while (now_ns() < start + length) turn_all(10000000u);
  measuring = running = false;
  double seconds = (double)(now_ns() - start) / 1e9;
  cpu = cpu_us(pids) - cpu;
  printf("{\"operations\":%lu,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"cpu\":%lu,\"wrong\":%lu,\"lost\":%ld}\n",
         latencies.count, seconds, histogram_us(&latencies, 0.5), histogram_us(&latencies, 0.99), cpu, wrong, lost);
}

static void hold(void) {
  char byte;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) < 0) fail("cannot wait for input");
  do {
    while (!turn_all(1000000000u)) continue;
  } while (read(STDIN_FILENO, &byte, 1) > 0);
  printf("{\"left\":%ld}\n", count - lost);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  count = option_number(argc, argv, "count", 1);
  outstanding = option_number(argc, argv, "outstanding", 1);
  with_token = option_number(argc, argv, "token", 1) != 0;
  if (outstanding > WINDOW) fail("at most %d outstanding", WINDOW);
  devices = calloc((size_t)count, sizeof *devices);
  SSL_CTX *context = option_number(argc, argv, "tls", 1) ? wire_context() : NULL;
  connect_all((int)option_number(argc, argv, "port", 5671), context, option_number(argc, argv, "burst", 200));
  if (option_number(argc, argv, "hold", 0)) hold();
  else if (ready < count) fail("only %ld of %ld devices are ready", ready, count);
  else
    measure((uint64_t)option_number(argc, argv, "warm-up", 1000) * 1000000u,
            (uint64_t)option_number(argc, argv, "measure", 2000) * 1000000u, option(argc, argv, "pids", ""));
  for (long i = 0; i < count; i++)
    if (devices[i].state != OFF) wire_close(&devices[i].wire);
  return 0;
}
