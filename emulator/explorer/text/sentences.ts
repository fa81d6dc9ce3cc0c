import { isObject, type Json } from '../../../protocol/json.ts';
import { leavesOf, pathText } from '../../../protocol/json-paths.ts';
import type { HubEvent } from '../api/types.ts';
import { duration } from './time.ts';

/** A sentence in parts: names and values are set apart from words. */
export type Part = string | { readonly code: string } | { readonly bad: string };

/** What happened, for people. Undefined for events that say nothing to them. */
export const sentenceOf = (event: HubEvent): readonly Part[] | undefined => SENTENCES[event.type]?.(event);

const key = ({ key = '' }: HubEvent): Part => ({ code: key });

const SENTENCES: Readonly<Record<string, (event: HubEvent) => readonly Part[]>> = {
  'identity.created': (event) => [key(event), ' was created'],
  'identity.replaced': (event) => [key(event), ' was changed in the registry'],
  'identity.deleted': (event) => [key(event), ' was deleted'],
  'twin.reported': (event) => [key(event), ' reported ', ...patchParts(event.patch)],
  'twin.updated': (event) => ['the service set ', ...changeParts(event.patch), ' of ', key(event)],
  'twin.replaced': (event) => ['the service replaced the twin of ', key(event)],
  'session.opened': (event) => [key(event), ` connected by ${String(event.protocol).toUpperCase()}`],
  'session.closed': (event) => [key(event), ` ${CLOSED[String(event.reason)] ?? `left (${String(event.reason)})`}`],
  refused: (event) => [
    event.key === undefined ? { code: String(event.subject ?? 'a client') } : key(event),
    ': ',
    { bad: `${String(event.what)} refused` },
    `, ${String(event.cause)}`,
  ],
  'c2d.enqueued': (event) => ['a message for ', key(event), ' waits: ', { code: bodyText(event.message) }],
  'c2d.completed': (event) => [key(event), ' completed the message ', { code: bodyText(event.message) }],
  'c2d.rejected': (event) => [key(event), ' rejected the message ', { code: bodyText(event.message) }],
  'c2d.expired': (event) => ['a message for ', key(event), ' ', { bad: 'expired' }],
  'c2d.dead-lettered': (event) => ['a message for ', key(event), ' was ', { bad: 'given up' }],
  'c2d.purged': (event) => [`${String(event.messages)} messages for `, key(event), ' were removed'],
  'session.subscribed': (event) => [
    key(event),
    ` listens to ${FEATURES[String(event.capability)] ?? String(event.capability)}`,
  ],
  'fault.injected': (event) => ['fault ', { code: String(event.rule) }, ` ${effectText(event.effect)} `, key(event)],
  'twin.model-announced': (event) => [key(event), ' announced the model ', { code: String(event.modelId) }],
  'fault.added': (event) => ['fault ', { code: String(event.rule) }, ' was added'],
  'fault.removed': (event) => ['fault ', { code: String(event.rule) }, ' was removed'],
  'fault.reset': () => ['the faults were reset'],
  'tier.queued': (event) => ['the tier lets ', { code: String(event.operation) }, ' wait'],
  'tier.refused': (event) => ['the tier ', { bad: 'refused' }, ' ', { code: String(event.operation) }],
  'hub.imported': (event) => [`${String(event.devices)} devices were imported`],
  'hub.cleared': () => ['all devices were removed'],
  'hub.restored': () => ['the hub went back to an earlier state'],
  'store.failed': (event) => ['the hub ', { bad: 'takes no writes' }, `: ${String(event.cause)}`],
  'store.recovered': () => ['the hub takes writes again'],
  'history.lost': () => [{ bad: 'lost' }, ' its history, which cannot be read'],
  'clock.advanced': (event) => [`the clock was advanced by ${duration(Number(event.ms))}`],
  'index.lag-changed': () => ['the lag of queries was changed'],
  'index.released': (event) => [`queries now see ${String(event.writes)} more writes`],
  'method.called': (event) => ['method ', { code: String(event.methodName) }, ' called on ', key(event)],
  'method.answered': (event) => [key(event), ` answered the method with ${String(event.status)}`],
  'method.failed': (event) => ['a method on ', key(event), ' ', { bad: `failed: ${String(event.code)}` }],
  'configuration.created': (event) => ['configuration ', { code: idOf(event.configuration, 'id') }, ' was created'],
  'configuration.replaced': (event) => ['configuration ', { code: idOf(event.configuration, 'id') }, ' was changed'],
  'configuration.deleted': (event) => ['configuration ', { code: idOf(event.configuration, 'id') }, ' was deleted'],
  'job.changed': (event) => ['job ', { code: idOf(event.job, 'jobId') }, ` is ${idOf(event.job, 'status')}`],
  'endpoint.delivered': (event) => [
    `${String(event.messages)} messages went to the endpoint `,
    { code: String(event.endpoint) },
  ],
  'endpoint.failed': (event) => [
    'the endpoint ',
    { code: String(event.endpoint) },
    ' did not take messages: ',
    { bad: String(event.problem) },
  ],
  'endpoint.dropped': (event) => [
    `${String(event.messages)} messages for the endpoint `,
    { code: String(event.endpoint) },
    ' were ',
    { bad: 'given up' },
  ],
  telemetry: (event) => [key(event), ' sent ', { code: bodyText(event.message) }],
};

const CLOSED: Readonly<Record<string, string>> = {
  client: 'disconnected',
  lost: 'lost its connection',
  replaced: 'was replaced by a newer connection of the same id',
  deleted: 'was disconnected: its identity was deleted',
  disabled: 'was disconnected: its identity was disabled',
  expired: 'was disconnected: its token expired',
  requested: 'was disconnected on request',
  protocol: 'was disconnected: it broke the protocol',
};

const FEATURES: Readonly<Record<string, string>> = {
  desired: 'desired properties',
  twinResponses: 'answers about its twin',
  methods: 'direct methods',
  c2d: 'cloud-to-device messages',
  inputs: 'its inputs',
};

const EFFECTS: Readonly<Record<string, string>> = {
  error: 'refused',
  delay: 'delayed',
  drop: 'dropped a message of',
  duplicate: 'doubled a message of',
  reorder: 'reordered messages of',
  disconnect: 'cut',
  throttle: 'throttled',
  blackHole: 'silenced',
  refuseCertificate: 'showed a wrong certificate to',
};

const effectText = (effect: unknown): string =>
  isObject(effect) ? (EFFECTS[String(effect.type)] ?? String(effect.type)) : 'struck';

const MOST_PATHS = 2;

const patchParts = (patch: unknown): readonly Part[] => {
  const leaves = leavesOf((patch ?? {}) as Json); // events are JSON
  const [first, ...rest] = leaves;
  if (first === undefined) return ['nothing'];
  if (rest.length === 0)
    return [{ code: pathText(first.path) }, first.value === null ? ' as gone' : ` ${valueText(first.value)}`];
  const named = leaves
    .slice(0, MOST_PATHS)
    .map(({ path }) => pathText(path))
    .join(', ');
  return [{ code: named }, leaves.length > MOST_PATHS ? ` and ${leaves.length - MOST_PATHS} more` : ''];
};

const changeParts = (patch: unknown): readonly Part[] => {
  if (!isObject(patch)) return ['properties'];
  const { tags, desired } = patch;
  return patchParts({ ...(isObject(tags) ? { tags } : {}), ...(isObject(desired) ? desired : {}) });
};

/** A value in a sentence: texts without quotes, the rest as JSON. */
export const valueText = (value: Json | undefined, most = 60): string => {
  if (value === undefined) return '—';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
};

/** The beginning of a message's body, as text. */
export const bodyText = (message: unknown, most = 80): string => {
  const body = isObject(message) ? message.body : undefined;
  if (isObject(body) && typeof body.base64 === 'string') return `${Math.floor((body.base64.length * 3) / 4)} bytes`;
  return typeof body === 'string' ? (body.length > most ? `${body.slice(0, most)}…` : body) : '';
};

const idOf = (value: unknown, name: string): string => (isObject(value) ? String(value[name] ?? '') : '');
