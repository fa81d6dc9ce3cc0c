import type { DeviceRow, HubEvent } from '../../api/types.ts';
import { type Part, sentenceOf } from '../../text/sentences.ts';

export interface Happening {
  readonly sequence: number;
  readonly time: string;
  readonly parts: readonly Part[];
  /** How many events like this one there were in a row. */
  readonly times: number;
}

/** The latest events as sentences, newest first; the same thing said of the same device again is counted, not repeated. */
export const happenings = (events: readonly HubEvent[], most: number): readonly Happening[] => {
  const found: Happening[] = [];
  for (let i = events.length - 1; i >= 0 && found.length < most; i--) {
    const event = events[i];
    if (event === undefined || event.type === 'session.subscribed') continue;
    const parts = sentenceOf(event);
    if (parts === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && JSON.stringify(last.parts) === JSON.stringify(parts))
      found[found.length - 1] = { ...last, times: last.times + 1 };
    else found.push({ sequence: event.sequence, time: event.time, parts, times: 1 });
  }
  return found;
};

/** Devices that need a look first: refused, then drifting, then the connected ones that reported last. */
export const deservingALook = (rows: readonly DeviceRow[], most: number): readonly DeviceRow[] => {
  const best: { row: DeviceRow; urgency: number }[] = [];
  for (const row of rows) best.push({ row, urgency: urgencyOf(row) });
  best.sort((a, b) => b.urgency - a.urgency || latest(b.row).localeCompare(latest(a.row)));
  return best.slice(0, most).map(({ row }) => row);
};

const urgencyOf = ({ refused, drift, connected, status }: DeviceRow): number => {
  if (refused !== undefined && !connected) return 4;
  if (drift.different > 0) return 3;
  if (connected) return 2;
  return status === 'disabled' ? 0 : 1;
};

const latest = ({ lastReport = '', lastMessage }: DeviceRow): string =>
  lastMessage !== undefined && lastMessage.at > lastReport ? lastMessage.at : lastReport;

/** In words: `MQTT`, `offline · token expired`, `disabled`. */
export const stateText = ({ status, statusReason, connected, protocol, refused }: DeviceRow): string => {
  if (connected) return protocolName(protocol);
  if (status === 'disabled') return statusReason ? `disabled · ${statusReason}` : 'disabled';
  return refused === undefined ? 'offline' : `offline · ${refused.why}`;
};

export const protocolName = (protocol: string | undefined): string =>
  protocol === undefined ? 'connected' : (NAMES[protocol.toLowerCase()] ?? protocol);

const NAMES: Readonly<Record<string, string>> = {
  mqtt: 'MQTT',
  'mqtt-ws': 'MQTT over WebSocket',
  amqp: 'AMQP',
  'amqp-ws': 'AMQP over WebSocket',
  https: 'HTTPS',
  browser: 'in the browser',
};

/** The sum of the last ten seconds, per second. */
export const rate = (values: readonly number[]): number => {
  const last = values.slice(-10);
  return Math.round((last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length)) * 10) / 10;
};

const SPREAD = 2;

/** Each second with those around it: what comes once in a few seconds is a level, and not a comb. */
export const smooth = (values: readonly number[]): number[] =>
  values.map((_, i) => {
    const around = values.slice(Math.max(0, i - SPREAD), i + SPREAD + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
