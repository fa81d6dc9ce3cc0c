import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import type { Path, Value } from './ast.ts';
import { arithmetic } from './compare.ts';
import type { Reader, Source } from './evaluate.ts';
import { applyFunction } from './routing-functions.ts';

/** A message, or an event that is routed like one. */
export interface RoutingMessage {
  /** For example contentType and connectionDeviceId. */
  readonly systemProperties: Readonly<Record<string, string>>;
  readonly appProperties: Readonly<Record<string, string>>;
  /** Parses the body as JSON; called at most once, and only if content type and encoding say that it is JSON. */
  readonly body: () => Json | undefined;
  readonly twin: JsonObject | undefined;
}

/** A message that any number of conditions can be evaluated on. They ask for properties in lower case. */
export interface RoutableMessage {
  system(name: string): string | undefined;
  app(name: string): string | undefined;
  /** Undefined unless content type and encoding say that it is JSON. */
  body(): Json | undefined;
  readonly twin: JsonObject | undefined;
}

/** Prepares a message: property names in lower case, the body parsed when a condition first reads it. */
export const routable = (message: RoutingMessage): RoutableMessage => {
  const [system, app] = [lowered(message.systemProperties), lowered(message.appProperties)];
  let body: { readonly value: Json | undefined } | undefined;
  const arrived: RoutableMessage = {
    system: (name) => system.get(name),
    app: (name) => app.get(name),
    twin: message.twin,
    body: () => {
      body ??= { value: isReadable(arrived) ? message.body() : undefined };
      return body.value;
    },
  };
  return arrived;
};

/** How routing conditions read a message. Dates, objects and arrays in a document are undefined, missing values null. */
export const routingSource: Source<RoutableMessage> = {
  reader: (path) => readerOf(path, (found) => (found.missing ? null : plain(found.value))),
  special: (expression, compile) => {
    if (expression.kind === 'arithmetic') {
      const [left, right, op] = [compile(expression.left), compile(expression.right), expression.op];
      return (message) => calculated(op, left(message), right(message));
    }
    if (expression.kind !== 'call') return undefined;
    const { name } = expression;
    const args = expression.args.map((arg) =>
      arg.kind === 'path' && RAW[name] !== undefined ? readerOf(arg.path, RAW[name]) : compile(arg),
    );
    return (message) =>
      applyFunction(
        name,
        args.map((read) => read(message)),
      );
  },
};

interface Found {
  readonly value: Value;
  /** Whether the document has no such property. */
  readonly missing: boolean;
}

/**
 * Functions that see the value itself, not what it compares as.
 * UNCERTAIN: a missing property of a body compares as null, as in Routing.Core, but is not defined, as documented.
 */
const RAW: Readonly<Record<string, (found: Found) => Value>> = {
  is_defined: (found) => (found.missing ? undefined : plain(found.value)),
  is_object: (found) => found.value,
  is_array: (found) => found.value,
  is_primitive: (found) => (found.missing ? undefined : found.value),
};

const NOWHERE: Found = { value: undefined, missing: false };

const readerOf = ([root = '', name = '', ...steps]: Path, show: (found: Found) => Value): Reader<RoutableMessage> => {
  const bare = name.slice(1);
  const walk = (document: Json | undefined, exactCase: boolean): Value =>
    steps.length === 0 ? undefined : show(find(document, steps, exactCase));
  switch (root) {
    case 'property':
      return (message) => message.app(name);
    case 'system':
      return (message) => message.system(bare);
    case 'either':
      return (message) => message.app(name) ?? message.system(bare);
    case 'body':
      return (message) => walk(message.body(), true);
    case 'twin':
      return (message) => walk(message.twin, false);
    case 'body or property':
      return (message) => message.app(name) ?? walk(message.body(), true);
    default:
      return (message) => message.app(name) ?? walk(message.twin, false);
  }
};

/** Follows the steps of a path; `[n]` is an index of an array. In a twin, the case of names does not matter. */
const find = (document: Json | undefined, steps: Path, exactCase: boolean): Found => {
  let value = document;
  for (const step of steps) {
    if (step.startsWith('[') && Array.isArray(value)) value = value[Number(step.slice(1, -1))];
    else if (!step.startsWith('[') && isObject(value)) value = memberOf(value, step, exactCase);
    else return NOWHERE;
    if (value === undefined) return { value, missing: true };
  }
  return { value, missing: false };
};

const memberOf = (object: JsonObject, name: string, exactCase: boolean): Json | undefined => {
  if (Object.hasOwn(object, name)) return object[name];
  if (exactCase) return undefined;
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
};

// JSON.NET parses such strings as dates, which cannot be compared: https://github.com/MicrosoftDocs/azure-docs/issues/51096
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/;

const plain = (value: Value): Value => {
  if (typeof value === 'string') return DATE.test(value) ? undefined : value;
  return value !== null && typeof value === 'object' ? undefined : value;
};

const calculated = (op: Parameters<typeof arithmetic>[0], left: Value, right: Value): Value => {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result = arithmetic(op, left, right);
  return Number.isNaN(result) ? undefined : result;
};

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-routing-query-syntax#query-based-on-message-body */
export const isReadable = (message: Pick<RoutableMessage, 'system'>): boolean => {
  const [type, encoding] = [message.system('contenttype') ?? '', message.system('contentencoding') ?? ''];
  // as almost all write it: this is asked for each message
  if (type === 'application/json' && encoding === 'utf-8') return true;
  return /^application\/json\b/i.test(type) && /^utf-(?:8|16|32)$/i.test(encoding);
};

/** Properties under their names in lower case. */
export const lowered = (properties: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(properties)) byName.set(name.toLowerCase(), value);
  return byName;
};
