import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, openBench, QUICK, WHOLE } from './bench.ts';
import { markdown, publish, type Row } from './report.ts';
import { amqp } from './tasks/amqp.ts';
import { playClass } from './tasks/class.ts';
import { connect } from './tasks/connect.ts';
import { events } from './tasks/events.ts';
import { hostile } from './tasks/hostile.ts';
import { load } from './tasks/load.ts';
import { mqtt } from './tasks/mqtt.ts';
import { page } from './tasks/page.ts';
import { peers } from './tasks/peers.ts';
import { query } from './tasks/query.ts';
import { report } from './tasks/report.ts';
import { reset } from './tasks/reset.ts';
import { rest } from './tasks/rest.ts';
import { start } from './tasks/start.ts';
import { store } from './tasks/store.ts';

// npm run bench [-- --only start,reset,rest,mqtt,report,connect,query,load,amqp,hostile,store,events,page,peers,class] [--quick]: prints a table per task; a whole run
// also writes them to docs/performance.md

const WORKS: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
  start,
  reset,
  rest,
  mqtt,
  report,
  connect,
  query,
  load,
  amqp,
  hostile,
  store,
  events,
  page,
  peers,
  class: playClass,
};
const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const names = values.only?.split(',') ?? Object.keys(WORKS);
const unknown = names.filter((name) => !(name in WORKS));
if (unknown.length > 0) {
  console.error(`Unknown task: ${unknown.join(', ')}. The tasks are ${Object.keys(WORKS).join(', ')}.`);
  process.exit(2);
}

const bench = await openBench(values.quick ? QUICK : WHOLE);
try {
  for (const name of names) {
    const before = performance.now();
    console.error(`measuring: ${name}`);
    const rows = await WORKS[name]?.(bench);
    const text = `${markdown(rows ?? [])}\n\n${conditions((performance.now() - before) / 1000)}`;
    console.log(`\n## ${name}\n\n${text}`);
    if (!values.quick) await publish(DOCUMENT, name, text);
  }
} finally {
  await bench.close();
}

function conditions(seconds: number): string {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(seconds)} s.`;
}
