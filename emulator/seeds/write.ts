import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Seed, SeedIdentity } from './seed.ts';
import { stateFileOf } from './state-file.ts';

/** Forms of a seed: our own as JSON or YAML, the state file of the Azure CLI, the lines of an import job. */
export const SEED_FORMS = ['json', 'yaml', 'state', 'devices.txt'] as const;
export type SeedForm = (typeof SEED_FORMS)[number];

/** Writes a seed in a form that `readSeed` reads, and that tools of a real hub read too. */
export const writeSeed = async (seed: Seed, form: SeedForm): Promise<string> => {
  switch (form) {
    case 'json':
      return `${JSON.stringify(seedFileOf(seed), null, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('../yaml.ts');
      return stringify(seedFileOf(seed), { aliasDuplicateObjects: false });
    }
    case 'state':
      return `${JSON.stringify(stateFileOf(seed), null, 4)}\n`;
    case 'devices.txt':
      // an import job makes an edge device's own modules by itself, and rejects lines about them
      return seed.identities
        .filter(({ name }) => isOwn(name.moduleId ?? ''))
        .map((one) => `${JSON.stringify(lineOf(one))}\n`)
        .join('');
    default:
      return form satisfies never;
  }
};

const seedFileOf = ({ identities, configurations, routing }: Seed): JsonObject => ({
  devices: identities
    .filter(({ name }) => name.moduleId === undefined)
    .map((device) => {
      const modules = identities.filter(
        ({ name }) => name.deviceId === device.name.deviceId && name.moduleId !== undefined && isOwn(name.moduleId),
      );
      return {
        id: device.name.deviceId,
        ...shortOf(device),
        ...(modules.length === 0
          ? {}
          : { modules: modules.map((module) => ({ id: module.name.moduleId ?? '', ...shortOf(module) })) }),
      };
    }),
  ...(configurations.length === 0 ? {} : { configurations }),
  ...defined({ routing }),
});

/** False for the modules that every edge device has. */
const isOwn = (moduleId: string): boolean => !moduleId.startsWith('$');

const shortOf = ({ identity, tags, desired, reported, modelId, parent }: SeedIdentity): JsonObject => ({
  ...(own(identity, 'status') === 'disabled' ? { status: 'disabled' } : {}),
  ...shortAuthentication(own(identity, 'authentication')),
  ...defined({ tags, desired, reported, modelId }),
  ...(isEdge(identity) ? { edge: true } : {}),
  ...defined({ parent }),
});

const shortAuthentication = (authentication: Json | undefined): JsonObject => {
  if (!isObject(authentication)) return {};
  const { type, symmetricKey, x509Thumbprint } = authentication;
  if (type === 'certificateAuthority') return { x509: 'ca' };
  if (type === 'selfSigned' && isObject(x509Thumbprint)) {
    const { primaryThumbprint, secondaryThumbprint } = x509Thumbprint;
    return { x509: defined({ primaryThumbprint, secondaryThumbprint: secondaryThumbprint ?? undefined }) };
  }
  if (type !== 'sas' || !isObject(symmetricKey)) return {};
  const { primaryKey, secondaryKey } = symmetricKey;
  return defined({ primaryKey: primaryKey ?? undefined, secondaryKey: secondaryKey ?? undefined });
};

const isEdge = (identity: JsonObject): boolean => {
  const capabilities = own(identity, 'capabilities');
  return isObject(capabilities) && own(capabilities, 'iotEdge') === true;
};

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt */
const lineOf = ({ name, identity, tags, desired, reported }: SeedIdentity): JsonObject => ({
  id: name.deviceId,
  ...(name.moduleId === undefined ? {} : { moduleId: name.moduleId }),
  status: 'enabled',
  ...identity,
  ...defined({ tags }),
  properties: { desired: desired ?? {}, reported: reported ?? {} },
});

const defined = (members: { readonly [name: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
