'use strict';

// Stands alone: Node programs load it with --require, before anything of theirs and without a build.

const net = require('node:net');

/** Routes in force, the newest first. */
const routes = [];
let restoreNet;
let restoreTls;

/** The ports that Microsoft's SDKs have built in. */
const HTTPS = 443;
const MQTTS = 8883;

/** Leads connections as `route` says until the returned function is called. */
function lead(route) {
  routes.unshift(route);
  restoreNet ??= patchNet();
  if (route.ca !== undefined) restoreTls ??= patchTls();
  return () => {
    const at = routes.indexOf(route);
    if (at >= 0) routes.splice(at, 1);
    if (routes.length > 0) return;
    restoreNet?.();
    restoreTls?.();
    restoreNet = undefined;
    restoreTls = undefined;
  };
}

/** Where a connection to `host` and `port` shall go instead; undefined: where it wanted to. */
function destinationOf(host, port) {
  const found = find(host);
  if (found === undefined) return undefined;
  const { route, port: named } = found;
  const wanted = Number(port);
  const real = wanted === HTTPS ? (named ?? route.https) : wanted === MQTTS ? (named ?? route.mqtt) : undefined;
  return real === undefined ? undefined : { host: route.address, port: real };
}

/** The route that a host name belongs to; the name may hold a port, which names one among several emulators. */
function find(host) {
  const [, name, digits] = /^([^:]+|\[.+\]):(\d+)$/.exec(host) ?? [undefined, host];
  const [, label] = /^p(\d+)(?:-[a-z0-9-]+)?\.hub\.localhost$/i.exec(name) ?? [];
  const port = digits ?? label;
  for (const route of routes) {
    if (port === undefined ? isOf(route, name) : serves(route, Number(port)))
      return { route, port: port === undefined ? undefined : Number(port) };
  }
  return undefined;
}

function isOf(route, name) {
  const lower = name.toLowerCase();
  return route.hosts.some((host) => (host.startsWith('*.') ? lower.endsWith(host.slice(1)) : lower === host));
}

function serves(route, port) {
  return route.https === port || route.mqtt === port;
}

function patchNet() {
  const { connect } = net.Socket.prototype;
  function ledConnect(...args) {
    return connect.apply(this, redirected(args));
  }
  net.Socket.prototype.connect = ledConnect;
  return () => {
    // somebody else may have patched it since: then ours stays, and leads nothing
    if (net.Socket.prototype.connect === ledConnect) net.Socket.prototype.connect = connect;
  };
}

/** `connect` takes (options[, listener]), (port[, host][, listener]), (path[, listener]) or one list of these. */
function redirected(args) {
  const [first, second] = args;
  if (Array.isArray(first)) {
    const inner = redirected([...first]);
    // Node marks the lists that it made itself by a symbol
    for (const mark of Object.getOwnPropertySymbols(first)) inner[mark] = first[mark];
    return [inner, ...args.slice(1)];
  }
  if (typeof first === 'object' && first !== null) {
    if (first.path) return args;
    const destination = destinationOf(String(first.host ?? 'localhost'), first.port);
    // the caller's own object stays as it is: TLS checks the certificate against the name in it
    return destination === undefined ? args : [Object.assign(Object.create(first), destination), ...args.slice(1)];
  }
  const hasHost = typeof second === 'string';
  const destination = destinationOf(hasHost ? second : 'localhost', first);
  return destination === undefined ? args : [destination.port, destination.host, ...args.slice(hasHost ? 2 : 1)];
}

/** Node's list of roots cannot be changed in a running process; contexts of connections to the hub get one more. */
function patchTls() {
  const tls = require('node:tls');
  const { createSecureContext } = tls;
  function trustingContext(...args) {
    const context = createSecureContext.apply(this, args);
    const [options] = args;
    const name = options?.host ?? options?.servername;
    const ca = options?.ca === undefined && typeof name === 'string' ? find(name)?.route.ca : undefined;
    if (ca !== undefined) context.context.addCACert(ca);
    return context;
  }
  tls.createSecureContext = trustingContext;
  return () => {
    if (tls.createSecureContext === trustingContext) tls.createSecureContext = createSecureContext;
  };
}

exports.lead = lead;

const given = process.env.IOTHUB_EMULATOR_INTERCEPT;
if (given) {
  try {
    lead(JSON.parse(given));
  } catch {
    process.stderr.write('IOTHUB_EMULATOR_INTERCEPT holds no JSON: connections go where they want to\n');
  }
}
