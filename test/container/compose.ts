import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const CHECKOUT = new URL('../../', import.meta.url);

/** As much of a service as docker-compose.yml uses. https://docs.docker.com/reference/compose-file/services/ */
export interface Service {
  readonly build: { readonly target: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly sysctls?: Readonly<Record<string, number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const read = (): { readonly services: Readonly<Record<string, Service>> } =>
  parse(readFileSync(new URL('docker-compose.yml', CHECKOUT), 'utf8'));

/** A service of docker-compose.yml. Throws if it has none of that name. */
export const service = (name: string): Service => {
  const found = read().services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

export const serviceNames = (): readonly string[] => Object.keys(read().services);

/** The environment of a service, its `${NAME:-default}` replaced by what they default to. */
export const environmentOf = ({ environment = {} }: Service): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
