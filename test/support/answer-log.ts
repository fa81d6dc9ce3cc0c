import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ANSWERS, type Answered } from '../../emulator/servers/answers.ts';

// Set up before test files when IOTHUB_ANSWERS names a folder: what the servers answered ends up there, a file for each.

const folder = process.env.IOTHUB_ANSWERS ?? '';
const seen = new Map<string, Answered>();
const note = (message: unknown): void => {
  const answered = message as Answered; // nobody else uses the channel
  const { verb, subject, answer, refusal } = answered;
  if (seen.size < MOST) seen.set(`${verb} ${subject} ${answer} ${refusal}`, { verb, subject, answer, refusal });
};

// topics hold request ids: enough is enough
const MOST = 50_000;

subscribe(ANSWERS, note);
afterAll(() => {
  unsubscribe(ANSWERS, note);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify([...seen.values()]));
});
