import { isObject, type Json, type JsonObject } from '../../protocol/json.ts';
import type { DeviceSeed, SeedFile } from '../../protocol/seed.ts';
import type { Seed, SeedIdentity } from './seed.ts';

/** The identities of a seed file; a device with a `count` becomes as many. */
export const expandSeed = ({
  devices,
  configurations,
  routing,
}: Pick<SeedFile, 'devices'> & Partial<SeedFile>): Seed => ({
  identities: devices.flatMap((device) => (typeof device === 'string' ? identitiesOf({ id: device }) : many(device))),
  configurations: configurations ?? [],
  ...(routing === undefined ? {} : { routing }),
});

/** How many characters of JSON the devices have once each `count` is written out. */
export const expandedSize = ({ devices }: Pick<SeedFile, 'devices'>): number =>
  devices.reduce((size, device) => size + JSON.stringify(device).length * countOf(device), 0);

const countOf = (device: SeedFile['devices'][number]): number => (typeof device === 'string' ? 1 : (device.count ?? 1));

const many = (device: DeviceSeed): SeedIdentity[] => {
  const { count, from = 0, ...one } = device;
  if (count === undefined) return identitiesOf(one);
  return Array.from({ length: count }, (_, index) => identitiesOf(numbered(one, from + index))).flat();
};

type One = Omit<DeviceSeed, 'count' | 'from'>;

const identitiesOf = ({ id, modules = [], edge, parent, ...rest }: One): SeedIdentity[] => [
  { ...seedIdentityOf(rest, edge === true ? { capabilities: { iotEdge: true } } : {}), name: { deviceId: id }, parent },
  ...modules.map(({ id: moduleId, ...module }) => ({
    ...seedIdentityOf(module, {}),
    name: { deviceId: id, moduleId },
  })),
];

type Common = Omit<One, 'id' | 'modules' | 'edge' | 'parent'>;

const seedIdentityOf = ({ status, primaryKey, secondaryKey, x509, ...twin }: Common, more: JsonObject) => ({
  ...twin,
  identity: {
    ...more,
    ...(status === undefined ? {} : { status }),
    ...(x509 === undefined && primaryKey === undefined && secondaryKey === undefined
      ? {}
      : { authentication: authenticationOf({ primaryKey, secondaryKey, x509 }) }),
  },
});

/** An empty key is one that the hub makes. */
const authenticationOf = ({
  primaryKey = '',
  secondaryKey = '',
  x509,
}: Pick<Common, 'primaryKey' | 'secondaryKey' | 'x509'>): JsonObject => {
  if (x509 === undefined) return { type: 'sas', symmetricKey: { primaryKey, secondaryKey } };
  if (x509 === 'ca') return { type: 'certificateAuthority' };
  const { primaryThumbprint, secondaryThumbprint = null } = x509;
  return { type: 'selfSigned', x509Thumbprint: { primaryThumbprint, secondaryThumbprint } };
};

/** `value` with `{i}` replaced in all its texts; a text that is `{i}` alone becomes the number. */
const numbered = <T>(value: T, i: number): T => fill(value as Json, i) as T; // a seed is JSON, and stays what it is

const fill = (value: Json, i: number): Json => {
  if (typeof value === 'string') return fillText(value, i);
  if (Array.isArray(value)) return value.map((item: Json) => fill(item, i));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [[name, fill(item, i)]])),
  );
};

const fillText = (text: string, i: number): string | number => {
  const numberOf = (modulus: string | undefined): number => (modulus === undefined ? i : i % Number(modulus));
  const alone = /^\{i(?:%(\d+))?\}$/.exec(text);
  if (alone !== null) return numberOf(alone[1]);
  return text.replace(/\{i(?:%(\d+))?\}/g, (_, modulus?: string) => String(numberOf(modulus)));
};
