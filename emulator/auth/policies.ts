/** https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions */
export type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

export interface Policy {
  readonly name: string;
  readonly rights: readonly Right[];
  /** base64. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

const RIGHTS = {
  iothubowner: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
} as const satisfies Record<string, readonly Right[]>;

export type PolicyName = keyof typeof RIGHTS;
export const POLICY_NAMES = [
  'iothubowner',
  'service',
  'device',
  'registryRead',
  'registryReadWrite',
] as const satisfies readonly PolicyName[];

/** Own primary keys by policy name; both keys of that policy become the given one. */
export type PolicyKeys = Readonly<Partial<Record<PolicyName, string>>>;

/** The five policies of every hub, under keys that anyone may know. */
export const policies = (keys: PolicyKeys = {}): ReadonlyMap<string, Policy> =>
  new Map(
    POLICY_NAMES.map((name) => [
      name,
      {
        name,
        rights: RIGHTS[name],
        primaryKey: keys[name] ?? fakeKey(name, 'primary'),
        secondaryKey: keys[name] ?? fakeKey(name, 'secondary'),
      },
    ]),
  );

/** Decodes to a text that says what it is. */
const fakeKey = (name: string, which: string): string => btoa(`not-a-secret ${name} ${which}`.padEnd(48, '.'));
