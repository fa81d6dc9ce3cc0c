#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

static void watch(struct wire *wire, int epoll, bool out) {
  if (wire->wants_out == out) return;
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = wire};
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, wire->fd, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
  wire->wants_out = out;
}

static void reserve(unsigned char **bytes, size_t *capacity, size_t wanted) {
  if (wanted <= *capacity) return;
  *capacity = wanted * 2;
  *bytes = realloc(*bytes, *capacity);
  if (*bytes == NULL) fail("out of memory");
}

void wire_dial(struct wire *wire, int epoll, int port, SSL_CTX *context) {
  memset(wire, 0, sizeof *wire);
  wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (wire->fd < 0) fail("socket: %s (ulimit -n?)", strerror(errno));
  int on = 1;
  setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  wire->state = WIRE_CONNECTING;
  if (connect(wire->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    wire_close(wire);
    return;
  }
  if (context != NULL) {
    wire->tls = SSL_new(context);
    if (wire->tls == NULL || SSL_set_fd(wire->tls, wire->fd) != 1) fail("SSL_new failed");
    SSL_set_tlsext_host_name(wire->tls, "localhost");
    SSL_set_connect_state(wire->tls);
  }
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = wire};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, wire->fd, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
  wire->wants_out = true;
}

static bool shake(struct wire *wire, int epoll) {
  int result = SSL_do_handshake(wire->tls);
  if (result == 1) {
    wire->state = WIRE_OPEN;
    return wire_flush(wire, epoll);
  }
  int error = SSL_get_error(wire->tls, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
  watch(wire, epoll, error == SSL_ERROR_WANT_WRITE);
  return true;
}

/* Reads what is available; false at the end of the stream. */
static bool take_in(struct wire *wire) {
  for (;;) {
    reserve(&wire->in, &wire->in_capacity, wire->in_length + 256);
    size_t room = wire->in_capacity - wire->in_length;
    if (wire->tls == NULL) {
      ssize_t got = recv(wire->fd, wire->in + wire->in_length, room, 0);
      if (got > 0) wire->in_length += (size_t)got;
      if (got > 0 && (size_t)got < room) return true;
      if (got == 0) return false;
      if (got < 0) return errno == EAGAIN;
    } else {
      int got = SSL_read(wire->tls, wire->in + wire->in_length, (int)room);
      if (got > 0) wire->in_length += (size_t)got;
      else return SSL_get_error(wire->tls, got) == SSL_ERROR_WANT_READ;
    }
  }
}

bool wire_turn(struct wire *wire, int epoll) {
  ERR_clear_error();
  if (wire->state == WIRE_CONNECTING) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return false;
    wire->state = wire->tls != NULL ? WIRE_SHAKING : WIRE_OPEN;
  }
  if (wire->state == WIRE_SHAKING && !shake(wire, epoll)) return false;
  if (wire->state != WIRE_OPEN) return true;
  return take_in(wire) && wire_flush(wire, epoll);
}

void wire_put(struct wire *wire, const void *bytes, size_t length) {
  reserve(&wire->out, &wire->out_capacity, wire->out_length + length);
  memcpy(wire->out + wire->out_length, bytes, length);
  wire->out_length += length;
}

bool wire_flush(struct wire *wire, int epoll) {
  if (wire->state != WIRE_OPEN) return wire->state != WIRE_CLOSED;
  size_t sent = 0;
  bool full = false;
  while (sent < wire->out_length && !full) {
    size_t rest = wire->out_length - sent;
    if (wire->tls == NULL) {
      ssize_t got = send(wire->fd, wire->out + sent, rest, MSG_NOSIGNAL);
      if (got < 0 && errno != EAGAIN) return false;
      full = got < 0;
      if (got > 0) sent += (size_t)got;
    } else {
      int got = SSL_write(wire->tls, wire->out + sent, (int)rest);
      if (got <= 0 && SSL_get_error(wire->tls, got) != SSL_ERROR_WANT_WRITE) return false;
      full = got <= 0;
      if (got > 0) sent += (size_t)got;
    }
  }
  memmove(wire->out, wire->out + sent, wire->out_length - sent);
  wire->out_length -= sent;
  watch(wire, epoll, full);
  return true;
}

void wire_took(struct wire *wire, size_t length) {
  memmove(wire->in, wire->in + length, wire->in_length - length);
  wire->in_length -= length;
}

void wire_close(struct wire *wire) {
  if (wire->state == WIRE_CLOSED) return;
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close(wire->fd);
  SSL_free(wire->tls);
  free(wire->out);
  free(wire->in);
  memset(wire, 0, sizeof *wire);
  wire->state = WIRE_CLOSED;
}

SSL_CTX *wire_context(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (context == NULL) fail("SSL_CTX_new failed");
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return context;
}
