import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Answered, DIAGNOSTICS_CHANNEL } from '../../../emulator/servers/diagnostics.ts';

// Runs before test files if IOTHUB_ANSWERS names a folder: the answers of the servers are written there, one file per
// test file.

const folder = process.env.IOTHUB_ANSWERS ?? '';
const seen = new Map<string, Answered>();
const note = (message: unknown): void => {
  const answered = message as Answered; // nothing else uses the channel
  const { verb, subject, answer, refusal } = answered;
  if (seen.size < MOST) seen.set(`${verb} ${subject} ${answer} ${refusal}`, { verb, subject, answer, refusal });
};

// topics contain request ids, so the number is limited
const MOST = 50_000;

subscribe(DIAGNOSTICS_CHANNEL, note);
afterAll(() => {
  unsubscribe(DIAGNOSTICS_CHANNEL, note);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify([...seen.values()]));
});
