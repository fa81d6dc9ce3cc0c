import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Where the SDK turns answers of a hub into errors, and which of these errors no hub can cause. */
const TRANSLATORS = {
  service: {
    files: ['azure-iothub/dist/common-http/rest_api_client.js'],
    unreachable: {
      DeviceTimeoutError: 'no error of the hub has status 408',
      IotHubNotFoundError: 'a hub that is not found is a 401',
    },
  },
  device: {
    files: [
      'azure-iot-mqtt-base/dist/mqtt_translate_error.js',
      'azure-iot-mqtt-base/dist/mqtt_base.js',
      'azure-iot-device-mqtt/dist/mqtt.js',
      'azure-iot-device-mqtt/dist/mqtt_twin_client.js',
    ],
    unreachable: {
      FormatError: 'translated are only errors about topics that are constants of the SDK',
      InternalServerError: 'mqtt.js says so of no packet that a server can send',
    },
  },
} as const;

/** Names of the error classes that a hub can cause in Microsoft's SDK, sorted. */
export const raisable = (end: keyof typeof TRANSLATORS): string[] => {
  const { files, unreachable } = TRANSLATORS[end];
  const made = files.flatMap((file) => [
    ...readFileSync(require.resolve(file), 'utf8').matchAll(/new (?:\w+\.)?errors\.(\w+)\(/g),
  ]);
  const names = new Set(made.map(([, name = '']) => name));
  for (const name of Object.keys(unreachable)) if (!names.delete(name)) throw new Error(`${name} is not raised at all`);
  return [...names].sort();
};

/** Names of error classes in the report of a program, sorted. */
export const errorsIn = (told: unknown): string[] =>
  [...new Set(Object.values(Object(told)).map(String))].filter((name) => /^\w+Error$/.test(name)).sort();
