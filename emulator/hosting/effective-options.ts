import type { Info } from '../../protocol/admin/server.ts';
import type { Json } from '../../protocol/json.ts';
import type { Options } from '../options.ts';

const MASK = '••••';

/** Options that hold secrets, or that are too long to read; how each is told. */
const TOLD: Readonly<Record<string, (value: never) => Json>> = {
  adminToken: () => MASK,
  policyKeys: (keys: object) => Object.fromEntries(Object.keys(keys).map((name) => [name, MASK])),
  storage: (text: string) => text.replace(/((?:AccountKey|SharedAccessSignature)=)[^;]*/gi, `$1${MASK}`),
  devices: (devices: readonly unknown[]) => devices.length,
  seed: (seed: string | object) => (typeof seed === 'string' ? seed : 'an object'),
} satisfies { readonly [N in keyof Options]?: (value: never) => Json };

/** What the emulator was started with, by name, and where each option was set. */
export const effectiveOptions = (
  options: Options,
  origins: Readonly<Record<string, string>>,
): NonNullable<Info['options']> =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      name,
      value: (TOLD[name] ?? same)(value as never), // each is called with the value of its own option
      from: origins[name] ?? 'default',
    }))
    .sort((a, b) => Number(a.from === 'default') - Number(b.from === 'default') || (a.name < b.name ? -1 : 1));

const same = (value: Json): Json => value;
