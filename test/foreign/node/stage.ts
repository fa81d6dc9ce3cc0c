import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from '../exec.ts';
import { runProgram, startHub } from '../support/hub.ts';
import type { Sightings } from '../support/sightings.ts';

/** What a program of this folder is run with. */
interface Run {
  readonly variables: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** A hub, a folder for files, and the programs of this folder, whose every call is noted. */
export const openStage = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-node-'));
  const coverage = join(folder, 'coverage');
  const hub = await startHub();
  const run = async (
    program: string,
    { variables, args }: Run,
    heard?: (line: string) => Promise<void>,
  ): Promise<unknown> => {
    const command = [process.execPath, join(import.meta.dirname, program), ...args];
    return report(await runProgram(command, { ...variables, NODE_V8_COVERAGE: coverage }, heard));
  };
  return {
    hub,
    folder,
    /** Where V8 writes which functions ran. */
    coverage,
    /** Runs a program to its end: what it reported. */
    run,
    /** What a device that reports without pause has to tell after it went through `worst`. */
    runThrough: (
      worst: (id: string) => Promise<void> | void,
      { transport, lifetime = 3600, margin = 900 }: { transport: string; lifetime?: number; margin?: number },
    ): Promise<unknown> => {
      const id = `device-${randomUUID()}`;
      const args = [transport, `${lifetime}`, `${margin}`];
      return run('interruptions.js', { variables: hub.device(id), args }, async (line) => {
        if (line === 'under way') await worst(id);
      });
    },
    /** Resolves when `id` has connected `count` times more. */
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
    /** Stops, and gives what the hub has answered. */
    close: async (): Promise<Sightings> => {
      rmSync(folder, { recursive: true });
      return hub.close();
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
