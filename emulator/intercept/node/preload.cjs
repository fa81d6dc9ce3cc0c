'use strict';

// Imports nothing of the emulator: Node programs load this file with --require, before their own code and without a build.
// It reads the host names that `endpoints/host-names.ts` writes.

const net = require('node:net');

/** Redirects in force, the newest first: see `intercept/redirect.ts`. */
const redirects = [];
let restoreNet;
let restoreTls;

/** Redirects connections until the returned function is called. */
function redirect(to) {
  redirects.unshift(to);
  restoreNet ??= patchNet();
  if (to.ca !== undefined) restoreTls ??= patchTls();
  return () => {
    const at = redirects.indexOf(to);
    if (at >= 0) redirects.splice(at, 1);
    if (redirects.length > 0) return;
    restoreNet?.();
    restoreTls?.();
    restoreNet = undefined;
    restoreTls = undefined;
  };
}

/** The destination of a connection to `host` and `port`; undefined if the connection is not redirected. */
function destinationOf(host, port) {
  const found = find(host);
  const real = found?.to.ports[Number(port)];
  return real === undefined ? undefined : { host: found.to.address, port: found.port ?? real };
}

/**
 * The redirect for a host name, and the port in the name if there is one (`localhost:18883`). A port in the name, or in its
 * first label (`p18443.hub.localhost`), selects one of several emulators.
 */
function find(host) {
  const [, name, digits] = /^([^:]+|\[.+\]):(\d+)$/.exec(host) ?? [undefined, host];
  const [, label] = /^p(\d+)(?:-[a-z0-9-]+)?\.hub\.localhost$/i.exec(name) ?? [];
  const port = digits ?? label;
  const to = redirects.find((one) => (port === undefined ? isNameOf(one, name) : isPortOf(one, Number(port))));
  return to && { to, port: digits === undefined ? undefined : Number(digits) };
}

function isNameOf({ hosts }, name) {
  const lower = name.toLowerCase();
  return hosts.some((host) => (host.startsWith('*.') ? lower.endsWith(host.slice(1)) : lower === host));
}

function isPortOf({ ports }, port) {
  return Object.values(ports).includes(port);
}

function patchNet() {
  const { connect } = net.Socket.prototype;
  function redirectedConnect(...args) {
    return connect.apply(
      this,
      orElse(args, () => withDestination(args)),
    );
  }
  net.Socket.prototype.connect = redirectedConnect;
  return () => {
    // another library may have patched it since: then our function stays, and redirects nothing
    if (net.Socket.prototype.connect === redirectedConnect) net.Socket.prototype.connect = connect;
  };
}

/** `connect` takes (options[, listener]), (port[, host][, listener]), (path[, listener]) or one list of these. */
function withDestination(args) {
  const [first, second] = args;
  if (Array.isArray(first)) {
    const inner = withDestination([...first]);
    // Node marks the lists that it made itself with a symbol
    for (const mark of Object.getOwnPropertySymbols(first)) inner[mark] = first[mark];
    return [inner, ...args.slice(1)];
  }
  if (typeof first === 'object' && first !== null) {
    if (first.path) return args;
    const destination = destinationOf(String(first.host ?? 'localhost'), first.port);
    // the caller's object stays unchanged: TLS checks the certificate against the name in it
    return destination === undefined ? args : [withMembers(first, destination), ...args.slice(1)];
  }
  const hasHost = typeof second === 'string';
  const destination = destinationOf(hasHost ? second : 'localhost', first);
  return destination === undefined ? args : [destination.port, destination.host, ...args.slice(hasHost ? 2 : 1)];
}

/** An object that has `members`, and all else from `first`, which may be frozen. */
function withMembers(first, members) {
  return Object.create(
    first,
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [
        name,
        { value, writable: true, enumerable: true, configurable: true },
      ]),
    ),
  );
}

/** What `act` gives, or `otherwise` if it throws: a program must run as it does without us, whatever it passes. */
function orElse(otherwise, act) {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

/** The list of roots cannot be changed in a running process: TLS contexts of connections to the hub get the CA. */
function patchTls() {
  const tls = require('node:tls');
  const { createSecureContext } = tls;
  function trustingContext(...args) {
    const context = createSecureContext.apply(this, args);
    orElse(undefined, () => {
      const [options] = args;
      const name = options?.host ?? options?.servername;
      const ca = options?.ca === undefined && typeof name === 'string' ? find(name)?.to.ca : undefined;
      if (ca !== undefined) context.context.addCACert(ca);
    });
    return context;
  }
  tls.createSecureContext = trustingContext;
  return () => {
    if (tls.createSecureContext === trustingContext) tls.createSecureContext = createSecureContext;
  };
}

function isRedirect(to) {
  const isText = (value) => typeof value === 'string';
  return (
    Array.isArray(to?.hosts) &&
    to.hosts.every(isText) &&
    isText(to.address) &&
    typeof to.ports === 'object' &&
    to.ports !== null &&
    (to.ca === undefined || isText(to.ca))
  );
}

exports.redirect = redirect;

const given = process.env.IOTHUB_EMULATOR_INTERCEPT;
if (given) {
  const to = orElse(undefined, () => JSON.parse(given));
  if (isRedirect(to)) orElse(undefined, () => redirect(to));
}
