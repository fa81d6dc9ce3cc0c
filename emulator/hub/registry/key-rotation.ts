import { HubError } from '../../../protocol/errors.ts';
import { type IdentityName, keyOf } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Registry } from './registry.ts';

/** The answer to a request for new keys: 200 if all were made, 207 if some, 400 if none. */
export interface KeyRotation {
  readonly status: 200 | 207 | 400;
  readonly body: JsonObject;
}

/**
 * Makes new keys for the devices and modules that `body` lists.
 * Throws InvalidPolicyKey, ArgumentInvalid, TooManyDevices before anything is done.
 */
export const rotateKeys = (registry: Registry, body: Json, limits: Limits): KeyRotation => {
  if (!isObject(body)) throw new HubError('ArgumentInvalid', 'The request body must be a JSON object.');
  const { policyKey, which } = readPolicyKey(own(body, 'policyKey'));
  const names = readNames(own(body, 'devices'));
  if (names.length > limits.bulkMax)
    throw new HubError('TooManyDevices', `A request may hold at most ${limits.bulkMax} devices.`);
  const rotatedKeys: JsonObject[] = [];
  const errors: JsonObject[] = [];
  for (const name of names) {
    const id = { id: name.deviceId, moduleId: name.moduleId ?? null };
    try {
      const { primaryKey, secondaryKey } = registry.regenerateKeys(keyOf(name), which).identity.authentication;
      rotatedKeys.push({ ...id, primaryKey, secondaryKey });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      errors.push({ ...id, errorCode: error.code, errorStatus: error.text });
    }
  }
  const status = errors.length === 0 ? 200 : rotatedKeys.length === 0 ? 400 : 207;
  return { status, body: { policyKey, rotatedKeys, errors } };
};

const POLICY_KEYS = { primarykey: 'primary', secondarykey: 'secondary', both: 'both' } as const;

const readPolicyKey = (value: Json | undefined) => {
  const policyKey = typeof value === 'string' ? value : '';
  for (const [name, which] of Object.entries(POLICY_KEYS))
    if (name === policyKey.toLowerCase()) return { policyKey, which };
  throw new HubError('InvalidPolicyKey', "policyKey must be 'primaryKey', 'secondaryKey' or 'both'.");
};

const readNames = (value: Json | undefined): IdentityName[] => {
  if (!Array.isArray(value)) throw new HubError('ArgumentInvalid', 'devices must be a JSON array.');
  return value.map((item: Json) => {
    const id = isObject(item) ? own(item, 'id') : undefined;
    const moduleId = isObject(item) ? own(item, 'moduleId') : undefined;
    if (typeof id !== 'string') throw new HubError('ArgumentInvalid', 'Each device must have an id.');
    return { deviceId: id, moduleId: typeof moduleId === 'string' && moduleId !== '' ? moduleId : undefined };
  });
};
