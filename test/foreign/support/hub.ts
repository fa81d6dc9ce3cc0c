import { spawn } from 'node:child_process';
import { type EmulatorOptions, startEmulator } from 'iothub-emulator';
import type { Outcome } from '../exec.ts';
import { watch } from './sightings.ts';

/** The ports that SDKs have built in and a hub on them, with what it needs to run programs against it. */
export const startHub = async (options: EmulatorOptions = {}) => {
  const emulator = await startEmulator({ ports: 'default', ...options });
  const sightings = watch();
  return {
    emulator,
    hub: emulator.hub,
    caFile: emulator.caFile ?? '',
    /** Makes a device and gives the variables by which a program finds it and the hub. */
    device: (deviceId: string): Record<string, string> => {
      emulator.hub.registry.put({ deviceId }, { deviceId });
      return { ...emulator.env(), IOTHUB_DEVICE_CONNECTION_STRING: emulator.deviceConnectionString(deviceId) };
    },
    /** Stops, and gives what the hub has answered. */
    close: async () => {
      await emulator.close();
      return sightings();
    },
  };
};

export type ForeignHub = Awaited<ReturnType<typeof startHub>>;

/** Runs a program to its end, or kills it after two minutes. */
export const runProgram = (
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> =>
  new Promise((done, failed) => {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(file, args, {
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    child.once('error', failed);
    child.once('close', (code) => done({ code, ...printed }));
  });
