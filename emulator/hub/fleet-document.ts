import { HubError } from '../../protocol/errors.ts';
import { keyOf, nameOf } from '../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import { FEATURES } from '../../protocol/topics.ts';
import { timestamp } from './clock.ts';
import { type DeviceJob, renderDeviceJob, rowKey } from './device-job.ts';
import type { Hub } from './hub.ts';
import { type Member, renderIdentity, renderTwin } from './member.ts';
import type { Kept } from './sessions.ts';
import { readMember } from './twin-document.ts';

export interface Imported {
  readonly devices: number;
  readonly modules: number;
  readonly jobs: number;
}

/**
 * Takes a fleet as it stands, system fields and metadata included: `devices` and `modules` are twin documents, `jobs`
 * rows of `devices.jobs`; not needed are `identities`, identity documents with keys, and `sessions`, what lasting MQTT
 * sessions listen to. Nothing is checked but the ids. `replace`: what was there before goes, connections with it.
 * Throws ArgumentInvalid, and then changes nothing.
 */
export const importFleet = (hub: Hub, fleet: Json, { replace }: { replace: boolean }): Imported => {
  if (!isObject(fleet))
    throw new HubError('ArgumentInvalid', 'A fleet is a JSON object with devices, modules and jobs.');
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
  if (replace) clearFleet(hub);
  for (const member of [...devices, ...modules]) hub.fleet.set(member);
  for (const row of jobs) hub.jobs.rows.set(rowKey(row), row);
  for (const [key, subscriptions] of sessions)
    if (hub.fleet.find(key) !== undefined) hub.sessions.remember(key, subscriptions);
  return { devices: devices.length, modules: modules.length, jobs: jobs.length };
};

/** What `importFleet` takes. */
export const exportFleet = (hub: Hub): JsonObject => ({
  devices: [...hub.fleet.devices.rows()].map(renderTwin),
  modules: [...hub.fleet.modules.rows()].map(renderTwin),
  jobs: [...hub.jobs.rows.rows()].map(renderDeviceJob),
  identities: [...hub.fleet.devices.rows(), ...hub.fleet.modules.rows()].map(renderIdentity),
  sessions: hub.sessions.kept().map(renderSession),
});

/**
 * Removes all identities, twins and rows of jobs, connections with them: from the end, so that what comes takes the slots
 * from the beginning.
 */
export const clearFleet = (hub: Hub): void => {
  for (const table of [hub.fleet.modules, hub.fleet.devices])
    for (const { key } of [...table.rows()].reverse()) {
      hub.sessions.forget(key, 'deleted');
      table.delete(key);
    }
  for (const row of [...hub.jobs.rows.rows()].reverse()) hub.jobs.rows.delete(rowKey(row));
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

const renderSession = ([key, subscriptions]: Kept[number]): JsonObject => {
  const { deviceId, moduleId } = nameOf(key);
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    subscriptions: Object.fromEntries(subscriptions),
  };
};

const readSession = (document: JsonObject): Kept[number] => {
  const subscriptions = own(document, 'subscriptions');
  const granted = isObject(subscriptions) ? subscriptions : {};
  const listened = FEATURES.flatMap((feature) => {
    const qos = own(granted, feature);
    return qos === 0 || qos === 1 ? [[feature, qos] as const] : [];
  });
  return [nameIn(document), listened];
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
    document,
  };
};

const timeIn = (document: JsonObject, name: string): number => {
  const text = own(document, name);
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : 0;
};
