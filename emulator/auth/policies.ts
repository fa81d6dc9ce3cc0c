/** What one shared access policy of a service may do; `R` are the rights that the service knows. */
export interface Policy<R extends string = Right> {
  readonly name: string;
  readonly rights: readonly R[];
  /** base64. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** The policies of one service by name. */
export type Policies<R extends string = Right> = ReadonlyMap<string, Policy<R>>;

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions */
export type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

export const POLICY_RIGHTS = {
  iothubowner: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
} as const satisfies Record<string, readonly Right[]>;

export type PolicyName = keyof typeof POLICY_RIGHTS;
export const POLICY_NAMES = [
  'iothubowner',
  'service',
  'device',
  'registryRead',
  'registryReadWrite',
] as const satisfies readonly PolicyName[];

/** Own primary keys by policy name; both keys of that policy become the given one. */
export type PolicyKeys = Readonly<Partial<Record<PolicyName, string>>>;

/** The five policies of every hub, with keys that are public. */
export const policies = (keys: PolicyKeys = {}): Policies => definePolicies(POLICY_RIGHTS, keys);

/** The five policies of a hub with keys of its own, which `derive` makes. */
export const ownPolicies = (derive: (text: string) => string): Policies =>
  new Map(
    POLICY_NAMES.map((name) => {
      const key = (which: string): string => derive(`policy\n${name}\n${which}`);
      return [name, { name, rights: POLICY_RIGHTS[name], primaryKey: key('primary'), secondaryKey: key('secondary') }];
    }),
  );

/** Makes the policies of a service from a table of their rights. Keys that are not given are public. */
export const definePolicies = <R extends string>(
  rights: Readonly<Record<string, readonly R[]>>,
  keys: Readonly<Record<string, string | undefined>> = {},
): Policies<R> =>
  new Map(
    Object.entries(rights).map(([name, allowed]) => [
      name,
      {
        name,
        rights: allowed,
        primaryKey: keys[name] ?? publicKey(name, 'primary'),
        secondaryKey: keys[name] ?? publicKey(name, 'secondary'),
      },
    ]),
  );

/** base64 of the text `not-a-secret …`. */
const publicKey = (name: string, which: string): string => btoa(`not-a-secret ${name} ${which}`.padEnd(48, '.'));
