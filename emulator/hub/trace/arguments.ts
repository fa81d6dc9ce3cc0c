import { HubError, isErrorCode } from '../../../protocol/errors.ts';
import { isObject, type Json } from '../../../protocol/json.ts';

/** Methods by which a hub asks a server: of sessions, and of readers of feedback. */
export const PORT_METHODS = ['deliver', 'credit', 'close'] as const;

/** Something of a server that the hub may call later. */
export interface Port {
  readonly deliver: (...args: readonly unknown[]) => unknown;
}

const isPort = (value: object): value is Port => 'deliver' in value && typeof value.deliver === 'function';

/** Writes an argument as JSON; `portNumber` gives ports a number. */
export const writeArgument = (value: unknown, portNumber: (port: Port) => number): Json => {
  if (value === undefined) return { $undefined: true };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value !== 'object') return { $function: true };
  if (value instanceof Uint8Array) return { $bytes: base64Of(value) };
  if (value instanceof HubError) return { $error: value.code, text: value.text };
  if (Array.isArray(value)) return value.map((item) => writeArgument(item, portNumber));
  if (isPort(value))
    return { $port: portNumber(value), has: PORT_METHODS.filter((name) => name in value), ...named(value) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name.startsWith('$') ? `$${name}` : name, writeArgument(member, portNumber)]),
  );
};

/** Reads what `writeArgument` wrote; `port` gives the port of a number. */
export const readArgument = (json: Json, port: (description: PortDescription) => unknown): unknown => {
  if (Array.isArray(json)) return json.map((item) => readArgument(item, port));
  if (!isObject(json)) return json;
  if ('$undefined' in json) return undefined;
  if ('$number' in json) return Number(json.$number);
  if ('$bigint' in json) return BigInt(String(json.$bigint));
  if ('$function' in json) return () => {};
  if ('$bytes' in json) return bytesOf(String(json.$bytes));
  if ('$error' in json) return errorOf(String(json.$error), String(json.text));
  if ('$port' in json) return port(json as unknown as PortDescription); // as `writeArgument` wrote it
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => [
      name.startsWith('$$') ? name.slice(1) : name,
      readArgument(member, port),
    ]),
  );
};

export interface PortDescription {
  readonly $port: number;
  readonly has: readonly string[];
  readonly key?: string;
  readonly protocol?: string;
}

const named = (port: object): { readonly key?: string; readonly protocol?: string } =>
  'key' in port && 'protocol' in port ? { key: String(port.key), protocol: String(port.protocol) } : {};

const errorOf = (code: string, text: string): HubError =>
  new HubError(isErrorCode(code) ? code : 'GenericServerError', text);

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
