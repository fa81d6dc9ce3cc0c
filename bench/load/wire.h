/* A non-blocking connection to this machine, with or without TLS, driven by epoll. */
#ifndef WIRE_H
#define WIRE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
  int fd;
  SSL *tls;
  enum { WIRE_CONNECTING, WIRE_SHAKING, WIRE_OPEN, WIRE_CLOSED } state;
  bool wants_out;
  unsigned char *out;
  size_t out_length, out_capacity;
  unsigned char *in;
  size_t in_length, in_capacity;
};

/* Starts to connect to 127.0.0.1; `context` is NULL for plain TCP. */
void wire_dial(struct wire *wire, int epoll, int port, SSL_CTX *context);

/* Continues after an event; received bytes are appended to `in`. Returns false when the connection is closed. */
bool wire_turn(struct wire *wire, int epoll);

/* Adds bytes that the next wire_flush sends. */
void wire_put(struct wire *wire, const void *bytes, size_t length);
bool wire_flush(struct wire *wire, int epoll);

/* Removes the first bytes of `in`. */
void wire_took(struct wire *wire, size_t length);

/* Closes the connection without leaving a port in TIME_WAIT. */
void wire_close(struct wire *wire);

/* A TLS context that verifies nothing: only the load matters here. */
SSL_CTX *wire_context(void);

#endif
