import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, keyOf, nameOf } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import { isTooDeep, TOO_DEEP } from '../../kernel/json-depth.ts';
import type { Row } from '../../kernel/store.ts';
import type { HubBus } from '../events.ts';
import type { Files } from '../files/files.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Ids } from '../ids.ts';
import { type DeviceJob, renderDeviceJob } from '../jobs/device-job.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { QueuedMessage } from '../messaging/cloud-to-device.ts';
import type { Feedback } from '../messaging/feedback.ts';
import type { Inbox } from '../messaging/inbox.ts';
import {
  readBatch,
  readMessage,
  readPending,
  renderBatch,
  renderMessage,
  renderPending,
} from '../messaging/message-document.ts';
import { CAPABILITIES, type Listening } from '../messaging/session.ts';
import type { Sessions } from '../messaging/sessions.ts';
import { renderIdentity } from '../registry/identity-document.ts';
import type { Registry } from '../registry/registry.ts';
import { renderTwin } from '../twins/twin-document.ts';
import { readMember } from './member-document.ts';

export interface Imported {
  readonly devices: number;
  readonly modules: number;
  readonly jobs: number;
}

/** The parts of a hub that hold its fleet. */
export interface FleetParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: HubBus;
  readonly fleet: FleetView;
  readonly registry: Registry;
  readonly jobs: Jobs;
  readonly sessions: Sessions;
  readonly inbox: Inbox;
  readonly feedback: Feedback;
  readonly files: Files;
}

/** A document that has none of these lists is something else, with which nothing should be replaced. */
const LISTS = ['devices', 'modules', 'jobs', 'identities', 'sessions', 'messages', 'feedback', 'feedbackRecords'];

/**
 * Imports a fleet as it is, with system fields and metadata: `devices` and `modules` are twin documents, `jobs`
 * rows of `devices.jobs`; not required are `identities`, identity documents with keys, and `sessions`, what identities
 * with lasting MQTT sessions listen to; `messages`, those that wait for devices; `feedback` and `feedbackRecords`, batches that
 * wait for service apps and records that wait for their batch. Ids and depth are checked. `replace`: what was there before is
 * removed, connections
 * too. Throws ArgumentInvalid, and then changes nothing.
 */
export const importFleet = (hub: FleetParts, fleet: Json, { replace }: { replace: boolean }): Imported => {
  if (!isObject(fleet) || (replace && !LISTS.some((name) => Array.isArray(own(fleet, name)))))
    throw new HubError('ArgumentInvalid', 'A fleet is a JSON object with devices, modules and jobs.');
  if (isTooDeep(fleet)) throw new HubError('ArgumentInvalid', `A fleet cannot be imported if ${TOO_DEEP}.`);
  const identities = new Map(listOf(fleet, 'identities').map((document) => [nameIn(document), document]));
  const defaults = {
    at: timestamp(hub.clock.now()),
    etag: () => hub.ids.etag(),
    generationId: () => hub.ids.generationId(),
    symmetricKey: (key: string, which: 'primary' | 'secondary') => hub.ids.symmetricKey(key, which, 0),
  };
  const read = (name: string): Member[] =>
    listOf(fleet, name).map((document) => readMember(document, identities.get(nameIn(document)), defaults));
  const [devices, modules] = [read('devices'), read('modules')];
  if (modules.some(({ identity }) => identity.moduleId === undefined))
    throw new HubError('ArgumentInvalid', 'A module without moduleId cannot be imported.');
  const jobs = listOf(fleet, 'jobs').map(readJob);
  const sessions = listOf(fleet, 'sessions').map(readSession);
  const messages = byQueue(listOf(fleet, 'messages').map(readMessage));
  const feedback = ['feedback', 'feedbackRecords'].some((name) => own(fleet, name) !== undefined);
  const [batches, records] = [
    listOf(fleet, 'feedback').map(readBatch),
    listOf(fleet, 'feedbackRecords').map(readPending),
  ];
  if (replace) clearFleet(hub);
  for (const member of [...devices, ...modules]) hub.registry.load(member);
  for (const row of jobs) hub.jobs.loadRow(row);
  for (const { key, value } of sessions) if (hub.fleet.find(key) !== undefined) hub.sessions.remember(key, value);
  for (const [key, queued] of messages) if (hub.fleet.find(key) !== undefined) hub.inbox.load(key, queued);
  if (feedback) hub.feedback.load(batches, records);
  const imported = { devices: devices.length, modules: modules.length, jobs: jobs.length };
  hub.events.publish({ type: 'hub.imported', ...imported });
  return imported;
};

/** What `importFleet` takes. */
export const exportFleet = (
  hub: Pick<FleetParts, 'fleet' | 'jobs' | 'sessions' | 'inbox' | 'feedback'>,
): JsonObject => ({
  devices: [...hub.fleet.devices.rows()].map(renderTwin),
  modules: [...hub.fleet.modules.rows()].map(renderTwin),
  jobs: [...hub.jobs.rows.rows()].map(renderDeviceJob),
  identities: [...hub.fleet.devices.rows(), ...hub.fleet.modules.rows()].map(renderIdentity),
  sessions: hub.sessions.lasting().map(renderSession),
  messages: Array.from(hub.inbox.all(), renderMessage),
  feedback: Array.from(hub.feedback.batches(), renderBatch),
  feedbackRecords: Array.from(hub.feedback.records(), renderPending),
});

/** Removes all identities, twins, messages, uploaded files and rows of jobs, and ends all sessions. */
export const clearFleet = (hub: Pick<FleetParts, 'registry' | 'jobs' | 'feedback' | 'files' | 'events'>): void => {
  hub.registry.clear();
  hub.feedback.load([], []);
  hub.files.clear();
  hub.jobs.clearRows();
  hub.events.publish({ type: 'hub.cleared' });
};

/** Messages by the key of their identity, in the order of their numbers. */
const byQueue = (messages: readonly QueuedMessage[]): ReadonlyMap<IdentityKey, readonly QueuedMessage[]> => {
  const queues = new Map<IdentityKey, QueuedMessage[]>();
  for (const message of messages) queues.set(message.queue, [...(queues.get(message.queue) ?? []), message]);
  for (const queue of queues.values()) queue.sort((a, b) => a.number - b.number);
  return queues;
};

const listOf = (fleet: JsonObject, name: string): JsonObject[] => {
  const list = own(fleet, name) ?? [];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw new HubError('ArgumentInvalid', `'${name}' must be an array of objects.`);
};

const nameIn = (document: JsonObject): string => {
  const { deviceId, moduleId } = document;
  return keyOf({ deviceId: String(deviceId), moduleId: typeof moduleId === 'string' ? moduleId : undefined });
};

const renderSession = ({ key, value: { capabilities, notes } }: Row<Listening>): JsonObject => {
  const { deviceId, moduleId } = nameOf(key);
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    subscriptions: { ...capabilities, ...notes },
  };
};

const readSession = (document: JsonObject): Row<Listening> => {
  const subscriptions = own(document, 'subscriptions');
  const entries = Object.entries(isObject(subscriptions) ? subscriptions : {});
  const isCapability = ([name]: [string, Json]): boolean => CAPABILITIES.some((known) => known === name);
  const capabilities = Object.fromEntries(entries.filter(isCapability));
  const notes = Object.fromEntries(entries.filter((entry) => !isCapability(entry)));
  return { key: nameIn(document), value: { capabilities, notes } };
};

const STATUSES = ['pending', 'scheduled', 'running', 'completed', 'failed', 'canceled'] as const;

const readJob = (document: JsonObject): DeviceJob => {
  const { jobId, deviceId, jobType, status } = document;
  if (typeof jobId !== 'string' || typeof deviceId !== 'string')
    throw new HubError('ArgumentInvalid', 'A job row without jobId and deviceId cannot be imported.');
  return {
    jobId,
    key: nameIn(document),
    jobType: jobType === 'scheduleDeviceMethod' ? jobType : 'scheduleUpdateTwin',
    status: STATUSES.find((known) => known === status) ?? 'completed',
    startAt: timeIn(document, 'startTimeUtc'),
    endAt: timeIn(document, 'endTimeUtc'),
    createdAt: timeIn(document, 'createdDateTimeUtc'),
    updatedAt: timeIn(document, 'lastUpdatedDateTimeUtc'),
    answer: undefined,
    error: undefined,
    order: 0,
    document,
  };
};

const timeIn = (document: JsonObject, name: string): number => {
  const text = own(document, name);
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : 0;
};
