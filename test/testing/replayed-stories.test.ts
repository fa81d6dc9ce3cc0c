import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { beginningOf } from '../../emulator/hub/trace/beginning.ts';
import { maskedText, type TraceHead, type TraceLine } from '../../emulator/hub/trace/trace.ts';
import { readTrace } from '../../emulator/traces/read-trace.ts';
import { replay } from '../../emulator/traces/replay.ts';
import { openRun, type ReplayedRun } from '../../emulator/traces/replayed-run.ts';
import { stories } from '../../scenarios/stories/index.ts';
import { tell } from '../../scenarios/story.ts';
import { CAST, emulatedHub, worldOf } from '../../scenarios/worlds.ts';

/** `IOTHUB_STORY_SEED=… npx vitest run --project stories …` takes the same points again. */
const seed = Number(process.env.IOTHUB_STORY_SEED ?? Date.now() % 2 ** 31);

test.each(CAST)(
  'every story of $sdk.name over $transport is replayed to the same events and the same export, also from three random points',
  async (cast) => {
    const record = join(mkdtempSync(join(tmpdir(), 'stories-')), 'stories.trace');
    const hub = await emulatedHub({ record });
    for (const story of stories) await tell(story, worldOf(cast, hub));
    await hub.close();
    const whole = await replay(record, { compares: true });
    expect(whole.deviation).toBeUndefined();
    expect([whole.stopped, whole.isEqual]).toEqual(['end', true]);
    expect(whole.inputs).toBeGreaterThan(100);
    const points = fc.sample(fc.noBias(fc.integer({ min: 1, max: whole.inputs - 1 })), { numRuns: 3, seed });
    console.info(`from inputs ${points.join(', ')} of ${whole.inputs}: IOTHUB_STORY_SEED=${seed}`);
    const expected = maskedText(whole.export());
    for (const { input, run } of await replayedFrom(record, new Set(points))) {
      expect({ input, deviation: run.player.deviation }).toEqual({ input, deviation: undefined });
      expect(maskedText(exportFleet(run.hub))).toBe(expected);
    }
  },
  240_000,
);

interface Begun {
  /** Its first input. */
  readonly input: number;
  readonly run: ReplayedRun;
}

/** Runs that begin with the state before inputs of these numbers, and are led to the end. */
const replayedFrom = async (file: string, points: ReadonlySet<number>): Promise<readonly Begun[]> => {
  const begun: Begun[] = [];
  let whole: ReplayedRun | undefined;
  for await (const line of readTrace(file)) {
    whole ??= openRun(line as TraceHead); // the first line
    if ('input' in line && points.has(line.input)) begun.push({ input: line.input, run: begunAt(whole) });
    for (const { player } of [whole, ...begun.map(({ run }) => run)]) player.play(line);
  }
  for (const { run } of begun) run.player.finish();
  return begun;
};

/** A hub that is filled with the state of another one, as lines of JSON. */
const begunAt = ({ hub, player }: ReplayedRun): ReplayedRun => {
  const numbers = new Map([...player.ports].map(([number, port]) => [port, number]));
  const beginning = beginningOf(hub, {
    by: 'test',
    options: hub.settings,
    portNumber: (port) => numbers.get(port) ?? 0,
  });
  let run: ReplayedRun | undefined;
  for (const line of beginning) {
    const read = JSON.parse(maskedText('trace' in line ? { ...line, event: player.event } : line)) as TraceLine;
    run ??= openRun(read as TraceHead); // the first line
    run.player.play(read);
  }
  if (run === undefined) throw new Error('there is no beginning');
  return run;
};
