import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The calls of the SDK are read from its packages, and those that were made from the coverage that V8 writes for
// programs that run with NODE_V8_COVERAGE. The SDK runs unmodified.

const PACKAGES = ['azure-iothub', 'azure-iot-device', 'azure-iot-device-mqtt'];

/** Classes that no package exports, but whose objects a program gets. */
const HANDED_OUT = ['azure-iothub/dist/query', 'azure-iothub/dist/service_receiver'];

/** Why a call is not made, and whether docs/differences.md must mention it. */
interface Reason {
  readonly why: string;
  readonly isForUsers: boolean;
}

const AMQP = { why: 'is made in amqp.test.ts', isForUsers: false };
const UPLOAD = { why: 'is made in files/files.test.ts', isForUsers: false };
const EDGE = { why: 'is a matter between a module and the Edge device that it runs on', isForUsers: true };
const METHODS = { why: 'is made in module-methods.test.ts', isForUsers: false };
const INNER = { why: "is of use to the SDK only, and the SDK's clients do not call it here", isForUsers: false };

/** Public calls that are not made; `.*` stands for all of a class. */
export const NOT_CALLED: Readonly<Record<string, Reason>> = {
  'azure-iothub Amqp.*': AMQP,
  'azure-iothub Client.close': AMQP,
  'azure-iothub Client.getFeedbackReceiver': AMQP,
  'azure-iothub Client.getFileNotificationReceiver': AMQP,
  'azure-iothub Client.open': AMQP,
  'azure-iothub Client.send': AMQP,
  'azure-iothub ServiceReceiver.*': AMQP,
  'azure-iot-device Client.getBlobSharedAccessSignature': UPLOAD,
  'azure-iot-device Client.notifyBlobUploadStatus': UPLOAD,
  'azure-iot-device Client.uploadToBlob': UPLOAD,
  'azure-iot-device IotEdgeAuthenticationProvider.*': EDGE,
  'azure-iot-device ModuleClient.invokeMethod': METHODS,
  'azure-iot-device ModuleClient.validateEnvironment': INNER,
  'azure-iot-device-mqtt Mqtt.disableMethods': INNER,
  'azure-iot-device-mqtt Mqtt.disableTwinDesiredPropertiesUpdates': INNER,
};

/** A call that a program can make, and where V8 finds it. */
interface Call {
  readonly name: string;
  readonly url: string;
  readonly functionName: string;
}

const require = createRequire(import.meta.url);

/**
 * Public calls that no program made and that have no reason, and reasons for calls that a program made; both sorted.
 */
export const compareCalls = (coverage: string): { missing: string[]; needless: string[] } => {
  const made = readCoverage(coverage);
  const [missing, needless]: [string[], Set<string>] = [[], new Set(Object.keys(NOT_CALLED))];
  for (const { name, url, functionName } of publicCalls()) {
    const wasMade = made.has(`${url} ${functionName}`);
    const reason = [name, name.replace(/\.\w+$/, '.*')].find((known) => known in NOT_CALLED);
    if (!wasMade && reason === undefined) missing.push(name);
    if (!wasMade && reason !== undefined) needless.delete(reason);
  }
  return { missing: missing.sort(), needless: [...needless].sort() };
};

const publicCalls = (): Call[] => {
  const exported = [...PACKAGES, ...HANDED_OUT].flatMap((name): [string, unknown][] => Object.entries(require(name)));
  const calls = exported.flatMap(([name, value]) => callsOf(name, value));
  return [...new Map(calls.map((call) => [call.name, call])).values()];
};

/** The calls of a class, a function, or a namespace of functions. */
const callsOf = (name: string, value: unknown): Call[] => {
  if (isClass(value)) return methodsOf(value);
  if (typeof value === 'function') return [callOf(value, name, '')];
  const functions = Object.entries(Object(value)).filter(([, member]) => typeof member === 'function');
  return functions.map(([key, member]) => callOf(member, key, `${name}.`));
};

const callOf = (value: unknown, functionName: string, prefix: string): Call => {
  const file = fileOf(value);
  return { name: `${packageOf(file)} ${prefix}${functionName}`, url: pathToFileURL(file).href, functionName };
};

const isClass = (value: unknown): boolean => String(value).startsWith('class ');

/** Static and other methods of a class and of those that it extends. */
const methodsOf = (type: unknown): Call[] => {
  const { name, prototype } = Object(type);
  const file = fileOf(type);
  const statics = Object.getOwnPropertyNames(type).filter((key) => typeof Object(type)[key] === 'function');
  const own = [...Object.getOwnPropertyNames(prototype), ...statics].filter((key) =>
    /^(?!constructor$)[a-z]/.test(key),
  );
  const inherited = Object.getPrototypeOf(type);
  return [
    ...own.map((key) => ({
      name: `${packageOf(file)} ${name}.${key}`,
      url: pathToFileURL(file).href,
      functionName: key,
    })),
    ...(isClass(inherited) ? methodsOf(inherited) : []),
  ];
};

/** The file that defines a value: among those that export it, the one that does not import it. */
const fileOf = (value: unknown): string => {
  const { name } = Object(value);
  const definition = new RegExp(`(?:class|function) ${name}\\b|${name}: function`);
  const found = Object.values(require.cache).find(
    (module) =>
      Object.values(Object(module?.exports)).includes(value) &&
      definition.test(readFileSync(module?.filename ?? '', 'utf8')),
  );
  if (found === undefined) throw new Error(`${name} is defined nowhere`);
  return found.filename;
};

const packageOf = (file: string): string => /(?<=node_modules\/)azure-[\w-]+(?!.*node_modules)/.exec(file)?.[0] ?? file;

/** Functions that have run, as `url name`. */
const readCoverage = (folder: string): ReadonlySet<string> => {
  const made = new Set<string>();
  for (const file of readdirSync(folder)) {
    const { result }: Coverage = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const { url, functions } of result)
      for (const { functionName, ranges } of functions)
        if ((ranges[0]?.count ?? 0) > 0) made.add(`${url} ${functionName}`);
  }
  return made;
};

/** https://nodejs.org/docs/latest-v20.x/api/cli.html#coverage-output */
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { count: number }[] }[];
  }[];
}
