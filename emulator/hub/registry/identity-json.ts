import type { Authentication, Identity } from './identity.ts';

/** An identity as JSON: its members by place. Those that are undefined are null. */
export type IdentityJson = readonly [
  deviceId: string,
  moduleId: string | null,
  generationId: string,
  etag: string,
  statusUpdatedTime: string,
  keyGeneration: number,
  status: Identity['status'],
  statusReason: string | null,
  authentication: AuthenticationJson,
  iotEdge: boolean,
  deviceScope: string | null,
  parentScopes: readonly string[] | null,
  managedBy: string | null,
];

/** Without thumbprints if there are none. */
type AuthenticationJson = readonly [
  type: Authentication['type'],
  primaryKey: string | null,
  secondaryKey: string | null,
  primaryThumbprint?: string | null,
  secondaryThumbprint?: string | null,
];

export const identityToJson = (identity: Identity): IdentityJson => [
  identity.deviceId,
  identity.moduleId ?? null,
  identity.generationId,
  identity.etag,
  identity.statusUpdatedTime,
  identity.keyGeneration,
  identity.status,
  identity.statusReason,
  authenticationToJson(identity.authentication),
  identity.iotEdge,
  identity.deviceScope ?? null,
  identity.parentScopes ?? null,
  identity.managedBy,
];

export const identityFromJson = (json: IdentityJson): Identity => ({
  deviceId: json[0],
  moduleId: json[1] ?? undefined,
  generationId: json[2],
  etag: json[3],
  statusUpdatedTime: json[4],
  keyGeneration: json[5],
  status: json[6],
  statusReason: json[7],
  authentication: authenticationFromJson(json[8]),
  iotEdge: json[9],
  deviceScope: json[10] ?? undefined,
  parentScopes: json[11] ?? undefined,
  managedBy: json[12],
});

const authenticationToJson = (authentication: Authentication): AuthenticationJson => {
  const { type, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint } = authentication;
  if (primaryThumbprint === null && secondaryThumbprint === null) return [type, primaryKey, secondaryKey];
  return [type, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint];
};

const authenticationFromJson = (json: AuthenticationJson): Authentication => ({
  type: json[0],
  primaryKey: json[1],
  secondaryKey: json[2],
  primaryThumbprint: json[3] ?? null,
  secondaryThumbprint: json[4] ?? null,
});
