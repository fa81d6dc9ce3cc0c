import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulator } from 'iothub-emulator';
import type { Vectors } from '../support/hub/vectors.ts';
import { type Complaint, judgeCondition, judgeMetric, judgePages, judgeQuery, judgeRoute } from './judge.ts';
import { openTarget, type Target } from './target.ts';

// npm run -s vectors -- FILE [--admin URL --login CONNECTION-STRING]

interface Case {
  readonly group: string;
  readonly name: string;
  judge(target: Target): Promise<Complaint>;
}

/** All cases of a file, which may lack any part. */
const casesOf = (file: Partial<Vectors>): Case[] => [
  ...(file.vectors ?? []).map((vector) => ({
    group: vector.group ?? 'queries',
    name: `${vector.id}  ${vector.query}`,
    judge: (target: Target) => judgeQuery(target, vector),
  })),
  ...(file.paging ?? []).map((vector) => ({
    group: 'paging',
    name: `${vector.query} by ${vector.maxItemCount}`,
    judge: (target: Target) => judgePages(target, vector),
  })),
  ...(['targetConditions', 'jobConditions'] as const).flatMap((group) =>
    (file[group] ?? []).map((vector) => ({
      group,
      name: `${vector.id}  ${vector.condition}`,
      judge: (target: Target) =>
        judgeCondition(group === 'jobConditions' ? 'jobCondition' : 'targetCondition')(target, vector),
    })),
  ),
  ...(file.metricQueries ?? []).map((vector) => ({
    group: 'metricQueries',
    name: vector.query,
    judge: (target: Target) => judgeMetric(target, vector),
  })),
  ...(file.routing?.vectors ?? []).map((vector) => ({
    group: 'routing',
    name: `${vector.id}  ${vector.condition}`,
    judge: (target: Target) =>
      judgeRoute(file.routing?.message ?? { systemProperties: {}, appProperties: {}, body: null, twin: {} })(
        target,
        vector,
      ),
  })),
];

const run = async (file: Partial<Vectors>, target: Target): Promise<number> => {
  const imported = await target.admin('POST', '/import', JSON.parse(JSON.stringify(file.fleet ?? {})));
  if (imported.status !== 200) throw new Error(`The fleet was refused: ${JSON.stringify(imported.body)}`);
  // in case the index lags
  await target.admin('POST', '/index/release');
  const counts = new Map<string, { passed: number; failed: number }>();
  for (const { group, name, judge } of casesOf(file)) {
    const complaint = await judge(target);
    const count = counts.get(group) ?? { passed: 0, failed: 0 };
    counts.set(group, count);
    if (complaint === undefined) count.passed += 1;
    else {
      count.failed += 1;
      console.log(`FAILED ${group}: ${name.replaceAll('\n', ' ')}\n  ${complaint}`);
    }
  }
  for (const [group, { passed, failed }] of counts) console.log(`${group}: ${passed} passed, ${failed} failed`);
  const total = (what: 'passed' | 'failed'): number =>
    [...counts.values()].reduce((sum, count) => sum + count[what], 0);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  return total('failed');
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { admin: { type: 'string' }, login: { type: 'string' } },
});
const [path] = positionals;
if (path === undefined || (values.admin === undefined) !== (values.login === undefined)) {
  console.error('usage: npm run -s vectors -- FILE [--admin URL --login CONNECTION-STRING]');
  process.exit(2);
}
const readFile = (): Partial<Vectors> => {
  try {
    return JSON.parse(readFileSync(resolve(path), 'utf8'));
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
};
const file = readFile();
const emulator = values.admin === undefined ? await startEmulator() : undefined;
const target = await openTarget(
  values.admin ?? emulator?.adminUrl ?? '',
  values.login ?? emulator?.connectionString() ?? '',
);
try {
  process.exitCode = (await run(file, target)) === 0 ? 0 : 1;
} finally {
  await target.close();
  await emulator?.close();
}
