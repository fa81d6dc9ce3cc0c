import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmulatorOptions } from 'iothub-emulator';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { report } from '../exec.ts';
import { runProgram, startHub } from '../support/hub.ts';
import type { Sightings } from '../support/sightings.ts';

/** The arguments of a program of this folder, and its environment. */
interface Run {
  readonly variables: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** A hub, a folder for files, and the programs of this folder, whose calls are recorded. */
export const openStage = async (options: EmulatorOptions = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-node-'));
  const coverage = join(folder, 'coverage');
  const hub = await startHub(options);
  const run = async (
    program: string,
    { variables, args }: Run,
    heard?: (line: string) => Promise<void>,
  ): Promise<unknown> => {
    const command = [process.execPath, join(import.meta.dirname, program), ...args];
    return report(await runProgram(command, { ...variables, NODE_V8_COVERAGE: coverage }, heard));
  };
  /** Resolves when `holds` does, which is looked at after each event. */
  const until = (holds: (hub: Hub) => boolean): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (!holds(hub.hub)) return;
        stop();
        done();
      };
      const stop = hub.hub.events.listen(look);
      look();
    });
  return {
    hub,
    folder,
    /** The folder to which V8 writes which functions ran. */
    coverage,
    /** Runs a program to its end; returns what it reported. */
    run,
    /** The report of a device that reports without pause, while `worst` happens. */
    runThrough: (
      worst: (id: string) => Promise<void> | void,
      { transport, lifetime = 3600, margin = 900 }: { transport: string; lifetime?: number; margin?: number },
    ): Promise<unknown> => {
      const id = `device-${randomUUID()}`;
      const args = [transport, `${lifetime}`, `${margin}`];
      return run('interruptions.js', { variables: hub.device(id), args }, async (line) => {
        if (line !== 'under way') return;
        await worst(id);
        // the SDK subscribes again after a pause, while it reports already: changes in between it learns from its twin only
        await until(({ sessions }) => !!sessions.find(id, 'desired') && !!sessions.find(id, 'methods'));
      });
    },
    until,
    /** Resolves when `id` has connected `count` more times. */
    connections: (id: string, count: number): Promise<void> =>
      new Promise((done) => {
        let left = count;
        const stop = hub.hub.events.listen((event) => {
          if (event.type !== 'session.opened' || event.key !== id) return;
          left -= 1;
          if (left > 0) return;
          stop();
          done();
        });
      }),
    /** Stops the hub; returns what it has answered. */
    close: async (): Promise<Sightings> => {
      rmSync(folder, { recursive: true });
      return hub.close();
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
