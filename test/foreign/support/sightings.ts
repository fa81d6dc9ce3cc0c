import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Published } from '../../../emulator/hub/events.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { mount } from '../../../emulator/servers/http/table.ts';
import { readTarget } from '../../../emulator/servers/http/target.ts';
import { ROUTES } from '../../../emulator/servers/rest/routes/index.ts';

/** The statuses that each operation was answered with, both sorted. */
export type Sightings = Readonly<Record<string, readonly string[]>>;

/** Notes what the hub in this process answers, as its own servers see it, until it is read. */
export const watch = (hub: Hub, isOwn: (socketPort: number | undefined) => boolean): (() => Sightings) => {
  const seen = new Map<string, Set<string>>();
  const note = (operation: string, status: string): void => {
    seen.set(operation, (seen.get(operation) ?? new Set()).add(status));
  };
  // a server may rewrite the target of a request before it is answered
  const operations = new WeakMap<IncomingMessage, string>();
  const started = (message: unknown): void => {
    const { request } = message as Exchange;
    if (isOwn(request.socket.localPort)) operations.set(request, operationOf(request));
  };
  const finished = (message: unknown): void => {
    const { request, response } = message as Exchange;
    const operation = operations.get(request);
    if (operation !== undefined) note(operation, String(response.statusCode));
  };
  subscribe(STARTED, started);
  subscribe(FINISHED, finished);
  const mute = hub.events.listen((event) => {
    const found = mqttOperation(event);
    if (found !== undefined) note(...found);
  });
  return () => {
    unsubscribe(STARTED, started);
    unsubscribe(FINISHED, finished);
    mute();
    return sorted(seen);
  };
};

/** What Node publishes: https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#http */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const STARTED = 'http.server.request.start';
const FINISHED = 'http.server.response.finish';
const TABLE = mount(ROUTES);

/** As the table of routes names it. */
const operationOf = ({ method = '', url = '', headers }: IncomingMessage): string => {
  const override = headers['x-http-method-override'];
  const meant = typeof override === 'string' ? override : method;
  const path = TABLE.find(meant, readTarget(url).segments)?.row.path;
  return path === undefined ? `${meant} (no such operation)` : `${meant} ${path.replace(/:(\w+)/g, '{$1}')}`;
};

/** What a device did over MQTT; the hub tells of it only once it has succeeded. */
const mqttOperation = (event: Published): [string, string] | undefined => {
  switch (event.type) {
    case 'session.opened':
      return ['MQTT connect', 'accepted'];
    case 'session.subscribed':
      return [`MQTT subscribe: ${event.feature}`, 'granted'];
    case 'twin.reported':
      return ['MQTT reported properties', '204'];
    case 'method.answered':
      return ['MQTT method answer', 'heard'];
    case 'telemetry':
      return ['MQTT telemetry', 'acknowledged'];
    default:
      return undefined;
  }
};

const sorted = (seen: ReadonlyMap<string, ReadonlySet<string>>): Sightings =>
  Object.fromEntries(
    [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([operation, statuses]) => [operation, [...statuses].sort()]),
  );
