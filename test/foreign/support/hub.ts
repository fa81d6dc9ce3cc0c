import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Emulator, type EmulatorOptions, startEmulator } from 'iothub-emulator';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { FaultRule } from '../../../protocol/fault.ts';
import type { Outcome } from '../exec.ts';
import { watch } from './sightings.ts';

/**
 * Options of a hub at an address of its own, with the default ports of the SDKs there. On macOS first: sudo ifconfig lo0 alias
 * ADDRESS
 */
export const at = (address: `127.0.0.${number}`): EmulatorOptions => ({
  host: address,
  hostname: address,
  ports: { https: 443, mqtt: 8883, amqp: 5671, admin: 0 },
});

/** Where the tests of the project `foreign-apart` have a hub, while those of `foreign` have one on localhost. */
export const APART = at('127.0.0.4');

/** A hub that rejects devices until `open` is called, so that none connects before it is ready. Devices try again. */
export const startShut = async (options: EmulatorOptions = {}) => {
  const shut: FaultRule = {
    id: 'shut',
    match: { operation: 'connect' },
    effect: { type: 'disconnect', when: 'before' },
  };
  const emulator = await startEmulator({ ports: 'default', ...options, faults: [shut] });
  return { emulator, open: () => emulator.hub.faults.remove('shut') };
};

/** A hub on the default ports of the SDKs, and what is needed to run programs against it. */
export const startHub = async (options: EmulatorOptions = {}) => {
  let emulator: Emulator = await startEmulator({ ports: 'default', ...options });
  const sightings = watch();
  return {
    get emulator() {
      return emulator;
    },
    get hub() {
      return emulator.hub;
    },
    caFile: emulator.caFile ?? '',
    /** Creates a device; returns the environment variables by which a program finds it and the hub. */
    device: (deviceId: string): Record<string, string> => {
      emulator.hub.registry.put({ deviceId }, { deviceId });
      return { ...emulator.env(), IOTHUB_DEVICE_CONNECTION_STRING: emulator.deviceConnectionString(deviceId) };
    },
    /** Stops the hub, and starts it again with the state that it had when all devices were disconnected. */
    restart: async () => {
      await emulator.close();
      const before = takeSnapshot(emulator.hub);
      const next = await startShut(options);
      emulator = next.emulator;
      restoreSnapshot(emulator.hub, before);
      next.open();
    },
    /** Stops the hub; returns what it has answered. */
    close: async () => {
      await emulator.close();
      return sightings();
    },
  };
};

export type ForeignHub = Awaited<ReturnType<typeof startHub>>;

/**
 * Runs a program to its end, or kills it shortly before a test times out. `heard` gets each line that it prints; once it has
 * resolved, the program gets an empty line.
 */
export const runProgram = (
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  heard?: (line: string) => Promise<void>,
): Promise<Outcome> =>
  new Promise((done, failed) => {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(file, args, { env: { ...inherited, ...environment }, stdio: 'pipe', timeout: 280_000 });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    child.stdin.on('error', () => {}); // it may have ended meanwhile
    if (heard === undefined) child.stdin.end();
    else
      createInterface(child.stdout).on('line', (line) => {
        heard(line).then(() => child.stdin.writable && child.stdin.write('\n'), failed);
      });
    child.once('error', failed);
    child.once('close', (code) => done({ code, ...printed }));
  });
