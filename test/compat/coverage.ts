import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Answered } from '../../emulator/servers/diagnostics.ts';
import { ERROR_CODES } from '../../protocol/errors.ts';
import { contract, type Entry, inWordsOfContract } from './contract.ts';

// Runs the tests that use the servers, records the responses, and writes docs/coverage.md.

interface Seen {
  readonly successes: Set<string>;
  readonly refusals: Set<string>;
}

const run = (folder: string): void => {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'wire', '--project', 'stories'], {
    stdio: 'inherit',
    env: { ...process.env, IOTHUB_ANSWERS: folder },
  });
  if (status !== 0) throw new Error('A test failed, so docs/coverage.md was not written.');
};

const readSeen = (folder: string): ReadonlyMap<string, Seen> => {
  const seen = new Map<string, Seen>();
  for (const file of readdirSync(folder)) {
    const answered: Answered[] = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const { verb, subject, answer, refusal } of answered) {
      const operation = inWordsOfContract(verb, subject);
      const entry = seen.get(operation) ?? { successes: new Set(), refusals: new Set() };
      seen.set(operation, entry);
      if (refusal === undefined) entry.successes.add(answer);
      else entry.refusals.add(refusal);
    }
  }
  return seen;
};

const NOTHING: Seen = { successes: new Set(), refusals: new Set() };

/** True for a success and a known error; a delivery by the hub has no error. */
const works = ({ operation, errors }: Entry, { successes, refusals }: Seen): boolean =>
  successes.size > 0 && (operation.startsWith('DELIVER ') || errors.some((name) => refusals.has(name)));

const list = (names: Iterable<string>): string => [...names].sort().join(', ');

const row = (entry: Entry, seen: ReadonlyMap<string, Seen>): string => {
  const name = `\`${entry.operation}\``;
  if (entry.absent !== undefined) return `| ${name} | no: ${entry.absent} | | |`;
  const found = seen.get(entry.operation) ?? NOTHING;
  return `| ${name} | ${works(entry, found) ? 'works' : 'not shown'} | ${list(found.successes)} | ${list(found.refusals)} |`;
};

const table = (entries: readonly Entry[], seen: ReadonlyMap<string, Seen>): string =>
  ['| | | successes | errors |', '|---|---|---|---|', ...entries.map((entry) => row(entry, seen))].join('\n');

const document = (seen: ReadonlyMap<string, Seen>): string => {
  const groups = [...new Set(contract.operations.map(({ group }) => group))];
  const sections = groups.map(
    (group) =>
      `### ${group}\n\n${table(
        contract.operations.filter((entry) => entry.group === group),
        seen,
      )}`,
  );
  const raised = new Set([...seen.values()].flatMap(({ refusals }) => [...refusals]));
  const errors = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const shown = Object.keys(ERROR_CODES).filter((name) => raised.has(name));
  const unseen = contract.unseen.map(
    ({ why, errors: names }) => `- ${why}: ${errors(names.filter((name) => !raised.has(name)))}.`,
  );
  return `# What works

\`npm run docs\` writes this page: it runs the tests that use the emulator's servers, and records the responses. An operation
*works* if the servers returned both a success and an error that the service is known to return.

## REST

${sections.join('\n\n')}

## MQTT

A delivery by the hub has no error; it works if the hub made one.

${table(contract.topics, seen)}

## Errors

Seen in responses: ${errors(shown)}.

The emulator also knows these by name and number, and a fault can return them, but no test has seen them:

${unseen.join('\n')}
`;
};

const folder = mkdtempSync(join(tmpdir(), 'answers-'));
try {
  run(folder);
  writeFileSync(new URL('../../docs/coverage.md', import.meta.url), document(readSeen(folder)));
} finally {
  rmSync(folder, { recursive: true });
}
