import { isObject, type Json, type JsonObject } from '../../protocol/json.ts';
import type { DeviceSeed, Plant, Seed, SeedFile } from './seed.ts';

/** Makes identities of what a seed file says, devices that are counted one by one. */
export const grow = ({ devices, configurations }: Pick<SeedFile, 'devices'> & Partial<SeedFile>): Seed => ({
  plants: devices.flatMap((device) => (typeof device === 'string' ? plantsOf({ id: device }) : many(device))),
  configurations: configurations ?? [],
});

const many = (device: DeviceSeed): Plant[] => {
  const { count, from = 0, ...one } = device;
  if (count === undefined) return plantsOf(one);
  return Array.from({ length: count }, (_, index) => plantsOf(numbered(one, from + index))).flat();
};

type One = Omit<DeviceSeed, 'count' | 'from'>;

const plantsOf = ({ id, modules = [], edge, parent, ...rest }: One): Plant[] => [
  { ...plantOf(rest, edge === true ? { capabilities: { iotEdge: true } } : {}), name: { deviceId: id }, parent },
  ...modules.map(({ id: moduleId, ...module }) => ({ ...plantOf(module, {}), name: { deviceId: id, moduleId } })),
];

type Common = Omit<One, 'id' | 'modules' | 'edge' | 'parent'>;

const plantOf = ({ status, primaryKey, secondaryKey, x509, ...twin }: Common, more: JsonObject) => ({
  ...twin,
  identity: {
    ...more,
    ...(status === undefined ? {} : { status }),
    ...(x509 === undefined && primaryKey === undefined && secondaryKey === undefined
      ? {}
      : { authentication: authenticationOf({ primaryKey, secondaryKey, x509 }) }),
  },
});

/** The hub makes the key that is not given. */
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
