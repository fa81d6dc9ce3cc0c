import { HubError } from '../../../protocol/errors.ts';
import { type IfMatch, matches } from '../../../protocol/etag.ts';
import { type IdentityName, isId } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { never } from '../../kernel/clock.ts';
import { objectIn, textIn } from '../../kernel/json-members.ts';
import { printable } from '../../kernel/printable.ts';

export type AuthenticationType = 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';

export interface Authentication {
  readonly type: AuthenticationType;
  readonly primaryKey: string | null;
  readonly secondaryKey: string | null;
  readonly primaryThumbprint: string | null;
  readonly secondaryThumbprint: string | null;
}

/** A device or module identity. Immutable: a write makes a new one. */
export interface Identity {
  readonly deviceId: string;
  readonly moduleId: string | undefined;
  readonly generationId: string;
  readonly etag: string;
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string | null;
  readonly statusUpdatedTime: string;
  readonly authentication: Authentication;
  readonly iotEdge: boolean;
  readonly deviceScope: string | undefined;
  readonly parentScopes: readonly string[] | undefined;
  readonly managedBy: string | null;
  /** How often the symmetric keys were regenerated. */
  readonly keyGeneration: number;
}

/** The part of an identity that callers can set, checked. Other members of a body are ignored. */
export interface IdentitySpec {
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string | null;
  readonly authentication: Authentication;
  readonly iotEdge: boolean;
  readonly deviceScope: string | undefined;
  readonly parentScopes: readonly string[] | undefined;
  readonly managedBy: string | null;
}

/**
 * Reads the body of an identity PUT. Missing or empty keys are made by `makeKey`.
 * Throws ArgumentInvalid.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
 */
export const readIdentity = (
  name: IdentityName,
  body: Json,
  context: { limits: Limits; makeKey: (which: 'primary' | 'secondary') => string },
): IdentitySpec => {
  if (!isObject(body)) throw invalid('The request body must be a JSON object.');
  checkName(name, context.limits);
  for (const field of ['deviceId', 'moduleId'] as const) {
    const given = own(body, field);
    if (given !== undefined && given !== null && given !== name[field])
      throw invalid(`${field} in the request body does not match the one in the URI.`);
  }
  const capabilities = own(body, 'capabilities');
  return {
    status: readStatus(own(body, 'status')),
    statusReason: readStatusReason(own(body, 'statusReason'), context.limits),
    authentication: readAuthentication(own(body, 'authentication'), name.moduleId !== undefined, context.makeKey),
    iotEdge: isObject(capabilities) && own(capabilities, 'iotEdge') === true,
    deviceScope: textIn(body, 'deviceScope') || undefined,
    parentScopes: readScopes(own(body, 'parentScopes')),
    managedBy: textIn(body, 'managedBy') ?? null,
  };
};

/** Throws ArgumentInvalid for an id that is not valid. */
export const checkName = ({ deviceId, moduleId }: IdentityName, limits: Limits): void => {
  if (!isId(deviceId, limits)) throw invalid(`Invalid device id: ${printable(deviceId)}`);
  if (moduleId !== undefined && !isId(moduleId, limits)) throw invalid(`Invalid module id: ${printable(moduleId)}`);
};

/** A new identity; `etag`, `generationId` and the scope come from the hub. */
export const newIdentity = (
  name: IdentityName,
  spec: IdentitySpec,
  made: { readonly etag: string; readonly generationId: string },
): Identity => ({
  deviceId: name.deviceId,
  moduleId: name.moduleId,
  generationId: made.generationId,
  etag: made.etag,
  statusUpdatedTime: never,
  keyGeneration: 0,
  ...spec,
});

/** Throws PreconditionFailed unless `ifMatch` allows a write. */
export const demandMatch = (identity: Identity, ifMatch: IfMatch): void => {
  if (matches(ifMatch, identity.etag)) return;
  throw new HubError(
    'PreconditionFailed',
    `Precondition failed: Device version did not match, existingVersion:${versionOf(identity.etag)} newVersion:${versionOf(ifMatch ?? '')}`,
  );
};

const readStatus = (value: Json | undefined): 'enabled' | 'disabled' => {
  if (value === undefined || value === null) return 'enabled';
  const status = typeof value === 'string' ? value.toLowerCase() : value;
  if (status === 'enabled' || status === 'disabled') return status;
  throw invalid("The device status must be 'enabled' or 'disabled'.");
};

const readStatusReason = (value: Json | undefined, limits: Limits): string | null => {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > limits.statusReasonLength)
    throw invalid(`The status reason must be a string of at most ${limits.statusReasonLength} characters.`);
  return value;
};

const readScopes = (value: Json | undefined): readonly string[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  return value.filter((scope): scope is string => typeof scope === 'string');
};

const NO_KEYS = { primaryKey: null, secondaryKey: null };
const NO_THUMBPRINTS = { primaryThumbprint: null, secondaryThumbprint: null };

const readAuthentication = (
  value: Json | undefined,
  isModule: boolean,
  makeKey: (which: 'primary' | 'secondary') => string,
): Authentication => {
  const given: JsonObject = isObject(value) ? value : {};
  const keys = objectIn(given, 'symmetricKey');
  const prints = objectIn(given, 'x509Thumbprint');
  const thumbprints = {
    primaryThumbprint: readThumbprint(textIn(prints, 'primaryThumbprint')),
    secondaryThumbprint: readThumbprint(textIn(prints, 'secondaryThumbprint')),
  };
  const type = readType(
    textIn(given, 'type'),
    thumbprints.primaryThumbprint !== null || thumbprints.secondaryThumbprint !== null,
    isModule,
  );
  switch (type) {
    case 'sas':
      return { type, ...readKeys(keys, makeKey), ...NO_THUMBPRINTS };
    case 'selfSigned':
      return { type, ...NO_KEYS, ...thumbprints };
    case 'certificateAuthority':
    case 'none':
      return { type, ...NO_KEYS, ...NO_THUMBPRINTS };
    default:
      return type satisfies never;
  }
};

const readType = (value: string | undefined, hasThumbprint: boolean, isModule: boolean): AuthenticationType => {
  switch (value?.toLowerCase()) {
    case undefined:
      return hasThumbprint ? 'selfSigned' : 'sas';
    case 'sas':
      return 'sas';
    case 'selfsigned':
      return 'selfSigned';
    case 'certificateauthority':
      return 'certificateAuthority';
    case 'none':
      if (isModule) return 'sas';
      throw invalid('DeviceAuthenticationTypeIsMissing');
    default:
      throw invalid(`Unknown authentication type: ${printable(value ?? '')}`);
  }
};

const readKeys = (
  keys: JsonObject,
  makeKey: (which: 'primary' | 'secondary') => string,
): { primaryKey: string; secondaryKey: string } => {
  const primaryKey = textIn(keys, 'primaryKey') ?? '';
  const secondaryKey = textIn(keys, 'secondaryKey') ?? '';
  if ((primaryKey === '') !== (secondaryKey === '')) throw invalid('Either no keys or both keys can be set');
  if (primaryKey === '') return { primaryKey: makeKey('primary'), secondaryKey: makeKey('secondary') };
  for (const key of [primaryKey, secondaryKey]) {
    const bytes = base64Bytes(key);
    if (bytes === undefined || bytes < 16 || bytes > 64) throw invalid('Invalid device key length');
  }
  return { primaryKey, secondaryKey };
};

const base64Bytes = (key: string): number | undefined => {
  if (key.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return undefined;
  return (key.length / 4) * 3 - (key.endsWith('==') ? 2 : key.endsWith('=') ? 1 : 0);
};

/** SHA-1 (40 hex digits) or SHA-256 (64), without separators. */
const readThumbprint = (value: string | undefined): string | null => {
  if (value === undefined || value === '') return null;
  if (!/^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(value)) throw invalid('StringIsNotThumbprint');
  return value;
};

/** The decimal inside an identity etag, or the text itself where there is none. */
const versionOf = (etag: string): string => {
  try {
    const text = atob(etag);
    return /^\d+$/.test(text) ? text : etag;
  } catch {
    return etag;
  }
};

const invalid = (message: string): HubError => new HubError('ArgumentInvalid', message);
