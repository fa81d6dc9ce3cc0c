import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Emulator, type EmulatorOptions, startEmulator } from 'iothub-emulator';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshot.ts';
import type { FaultRule } from '../../../protocol/fault.ts';
import type { Outcome } from '../exec.ts';
import { watch } from './sightings.ts';

/** A hub that turns devices away until `open` is called, so that none comes before all is as it shall be: they try again. */
export const startShut = async (options: EmulatorOptions = {}) => {
  const shut: FaultRule = {
    id: 'shut',
    match: { operation: 'connect' },
    effect: { type: 'disconnect', when: 'before' },
  };
  const emulator = await startEmulator({ ports: 'default', ...options, faults: [shut] });
  return { emulator, open: () => emulator.hub.faults.remove('shut') };
};

/** The ports that SDKs have built in and a hub on them, with what it needs to run programs against it. */
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
    /** Makes a device and gives the variables by which a program finds it and the hub. */
    device: (deviceId: string): Record<string, string> => {
      emulator.hub.registry.put({ deviceId }, { deviceId });
      return { ...emulator.env(), IOTHUB_DEVICE_CONNECTION_STRING: emulator.deviceConnectionString(deviceId) };
    },
    /** Stops, and starts anew with all that it knew when nobody was connected any more. */
    restart: async () => {
      await emulator.close();
      const before = takeSnapshot(emulator.hub);
      const next = await startShut(options);
      emulator = next.emulator;
      restoreSnapshot(emulator.hub, before);
      next.open();
    },
    /** Stops, and gives what the hub has answered. */
    close: async () => {
      await emulator.close();
      return sightings();
    },
  };
};

export type ForeignHub = Awaited<ReturnType<typeof startHub>>;

/**
 * Runs a program to its end, or kills it after two minutes. Each line that it prints is heard, if somebody does, and the
 * program gets an empty line once that is done.
 */
export const runProgram = (
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  heard?: (line: string) => Promise<void>,
): Promise<Outcome> =>
  new Promise((done, failed) => {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(file, args, { env: { ...inherited, ...environment }, stdio: 'pipe', timeout: 120_000 });
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
