import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { isObject, type Json } from '../../../../protocol/json.ts';
import { leavesOf, pathText, valueAt } from '../../../../protocol/json-paths.ts';
import { like, parseSearch, type Term } from '../../../../protocol/search.ts';
import type { HubEvent, MessageEntry } from '../../api/types.ts';
import type { App } from '../../state/app.ts';
import { createLiveList, type LiveList } from '../../state/live-list.ts';

export const MOST_MESSAGES = 5000;

/** What devices have sent, oldest first: what the hub kept, then what comes while the page is open. */
export const messagesOf = ({
  recent,
  client,
  offers,
}: Pick<App, 'recent' | 'client' | 'offers'>): ReadonlySignal<readonly MessageEntry[]> => {
  const kept = signal<readonly MessageEntry[]>([]);
  if (offers('GET /messages'))
    void client.get<readonly MessageEntry[]>(`/messages?limit=${MOST_MESSAGES}`).then(
      (messages) => (kept.value = messages),
      () => {},
    );
  const live = computed(() =>
    recent.events.value.flatMap((event) => (event.type === 'telemetry' ? [entryOf(event)] : [])),
  );
  return computed(() => {
    const before = live.value[0]?.sequence ?? Number.POSITIVE_INFINITY;
    return [...kept.value.filter(({ sequence }) => sequence < before), ...live.value].slice(-MOST_MESSAGES);
  });
};

const made = new WeakMap<HubEvent, MessageEntry>();

/** The entry of a telemetry event; the same one each time, so that rows stay what they are. */
export const entryOf = (event: HubEvent): MessageEntry => {
  const known = made.get(event);
  if (known !== undefined) return known;
  const message = isObject(event.message) ? event.message : {};
  const entry: MessageEntry = {
    sequence: event.sequence,
    at: event.time,
    device: event.key ?? '',
    body: bodyOf(message.body),
    system: textsOf(message.system),
    application: textsOf(message.properties),
    ...(typeof event.partition === 'number' ? { partition: event.partition } : {}),
    ...(typeof event.offset === 'number' ? { offset: event.offset } : {}),
    ...(Array.isArray(event.endpoints) ? { routes: routesOf(event.endpoints, event.routes) } : {}),
  };
  made.set(event, entry);
  return entry;
};

/** Where a message went, and by which routes; by none if the fallback route took it. */
const routesOf = (endpoints: readonly unknown[], routes: unknown): NonNullable<MessageEntry['routes']> => {
  const route = Array.isArray(routes) && routes.length > 0 ? routes.join(', ') : 'fallback';
  return endpoints.map((endpoint) => ({ endpoint: String(endpoint), route }));
};

const bodyOf = (body: Json | undefined): MessageEntry['body'] =>
  isObject(body) && typeof body.base64 === 'string' ? { base64: body.base64 } : String(body ?? '');

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([name, text]) => [name, String(text)]));

/** The list that a search leaves; `device` fixes whose messages they are. */
export const messageList = (
  all: ReadonlySignal<readonly MessageEntry[]>,
  search: ReadonlySignal<string>,
  device?: string,
): LiveList<MessageEntry> => {
  const fits = computed(() => {
    const terms = parseSearch(search.value);
    return (message: MessageEntry) =>
      (device === undefined || message.device === device) &&
      terms.every((term) => term.isNot !== termFits(term, message));
  });
  return createLiveList(all, fits);
};

const termFits = ({ field, text }: Term, message: MessageEntry): boolean => {
  if (field === 'device') return like(text, message.device.toLowerCase());
  if (field === 'partition') return String(message.partition) === text;
  if (field === 'route')
    return message.routes?.some(({ endpoint, route }) => like(text, endpoint) || like(text, route)) ?? false;
  return (
    textOf(message)
      .toLowerCase()
      .includes(field === undefined ? text : `${field}:${text}`) || message.device.toLowerCase().includes(text)
  );
};

export const textOf = ({ body }: MessageEntry): string => (typeof body === 'string' ? body : `base64 ${body.base64}`);

/** The numbers that can be drawn: paths of the latest messages whose values are numbers. */
export const numberPaths = (messages: readonly MessageEntry[]): readonly string[] => {
  const found = new Set<string>();
  for (const message of messages.slice(0, 50))
    for (const { path, value } of leavesOf(jsonOf(message))) if (typeof value === 'number') found.add(pathText(path));
  return [...found].sort();
};

export interface Points {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  /** One line per device, those of the latest messages. */
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

const MOST_LINES = 5;

/** The values at a path, oldest first. */
export const pointsOf = (messages: readonly MessageEntry[], path: string, most = 600): Points => {
  const names = path.split('.').map((name) => name.replace(/^\[\[|\]\]$/g, ''));
  const points = messages.slice(0, most).flatMap((message) => {
    const value = valueAt(jsonOf(message), names);
    return typeof value === 'number' ? [{ at: Date.parse(message.at) / 1000, device: message.device, value }] : [];
  });
  points.reverse();
  const devices = [...new Set(points.map(({ device }) => device))].slice(-MOST_LINES).sort();
  return {
    times: points.map(({ at }) => at),
    lines: devices.map((name) => ({
      name,
      values: points.map(({ device, value }) => (device === name ? value : null)),
    })),
  };
};

const jsonOf = ({ body }: MessageEntry): Json | undefined => {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** One JSON object a line. */
export const toNdjson = (messages: readonly MessageEntry[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');
