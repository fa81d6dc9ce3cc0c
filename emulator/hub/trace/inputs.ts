import type { Hub } from '../hub.ts';

type RoomName = keyof Hub & string;

/** The rooms that servers call, and their methods that no trace needs: they read only, or belong to a load of the whole state. */
const ROOMS = {
  ids: ['symmetricKey'],
  presence: ['touched', 'reconcile'],
  events: ['listen', 'goOnAfter'],
  registry: ['find', 'get', 'list', 'modules', 'statistics'],
  twins: ['get'],
  sessions: ['find', 'get', 'live', 'lasting', 'listening', 'watch', 'adopt'],
  telemetry: [],
  inbox: ['resume', 'all'],
  inputs: [],
  feedback: ['resume', 'json', 'adopt'],
  blobs: ['find', 'get', 'properties', 'entries', 'resume'],
  // what it asks of the storage account is an argument of what it calls then
  files: ['begin', 'complete', 'list', 'resume'],
  'files.notifications': ['list', 'all', 'resume', 'adopt'],
  importExports: ['create', 'get', 'list', 'resume'],
  outbox: ['waiting', 'resume'],
  bulk: [],
  methods: ['read', 'open', 'adopt'],
  digitalTwins: ['get'],
  jobs: ['resume', 'list', 'show', 'receive', 'trial'],
  indexLag: ['over', 'resume'],
  configurations: ['resume', 'list', 'get', 'render', 'rendering', 'testQueries', 'trial'],
  faults: ['list', 'concern'],
  deviceTemplates: ['list'],
  router: [],
  usage: ['flush'],
  tiers: ['watch', 'release'], // what waits is an input when it happens
} as const satisfies { readonly [N in RoomName | 'files.notifications']?: readonly string[] };

/** A method of a room that traces have. */
export interface Traced {
  /** `room.method`. */
  readonly op: string;
  readonly room: Record<string, unknown>;
  readonly method: string;
}

/** All methods by which the world outside changes a hub. */
export const inputsOf = (hub: Hub): Traced[] =>
  Object.entries(ROOMS).flatMap(([name, without]) => {
    const room = name === 'files.notifications' ? hub.files.notifications : hub[name as RoomName & keyof typeof ROOMS];
    const prototype: object = Object.getPrototypeOf(room);
    return Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(
        ([method, { value }]) => typeof value === 'function' && method !== 'constructor' && !isIn(without, method),
      )
      .map(([method]) => ({ op: `${name}.${method}`, room: room as unknown as Record<string, unknown>, method })); // by name
  });

const isIn = (names: readonly string[], name: string): boolean => names.includes(name);

/** Arguments without those that say the same as others, to spare work: in a trace that somebody has edited they would contradict. */
export const neededOf = (op: string, args: readonly unknown[]): readonly unknown[] =>
  op === 'twins.report' ? args.slice(0, 3) : args;
