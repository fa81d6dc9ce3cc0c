import { closeSync, openSync, readSync, statSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import { median } from '../pairs.ts';

// node sqlite.mjs TWINS DATABASE ROUNDS: times queries of SQLite over the twins of a file, one per line; prints a line
// of JSON

const [twins = '', file = '', rounds = '5'] = process.argv.slice(2);

/** Scans of so many twins take seconds; three of them are as good as five. */
const LARGE = 2 ** 30;
const isLarge = statSync(twins).size > LARGE;

const database = new sqlite.Database(file);
// no journal and no locks; up to 1 GB stays in memory
for (const setting of ['page_size = 16384', 'cache_size = -1000000', 'locking_mode = EXCLUSIVE', 'journal_mode = OFF'])
  database.exec(`PRAGMA ${setting}`);
database.exec('CREATE TABLE twins (id INTEGER PRIMARY KEY, doc TEXT)');

function* linesOf(path: string): Generator<Buffer> {
  const from = openSync(path, 'r');
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(2 ** 20);
  for (;;) {
    const size = readSync(from, chunk);
    if (size === 0) break;
    rest = Buffer.concat([rest, chunk.subarray(0, size)]);
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.subarray(start, end);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  closeSync(from);
}

const milliseconds = (act: () => unknown): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};
const timed = (times: number, sql: string) => {
  let row: ReturnType<typeof database.get> | undefined;
  const ask = () => {
    [row] = database.all(sql);
  };
  return { ms: median(Array.from({ length: times }, () => milliseconds(ask))), row };
};

const PAGE = "SELECT doc FROM twins WHERE json_extract(doc, '$.tags.customer') = 'cust-17' LIMIT 100";
const SCAN =
  "SELECT COUNT(*) AS n FROM twins WHERE json_extract(doc, '$.properties.reported.fault') IS NOT NULL AND json_extract(doc, '$.tags.location.region') = 'US' AND json_extract(doc, '$.properties.reported.telemetry.sendFrequencyInSecs') >= 60";

const sqliteInsert = milliseconds(() => {
  const insert = database.prepare('INSERT INTO twins (doc) VALUES (CAST(? AS TEXT))');
  database.exec('BEGIN');
  // as bytes, since the package writes a text into SQLite's memory character by character
  for (const line of linesOf(twins)) insert.run([line]);
  database.exec('COMMIT');
  insert.finalize();
});
// V8 compiles WebAssembly again when it knows which functions run often
if (!isLarge) timed(10, SCAN);
const scan = timed(isLarge ? 3 : Number(rounds), SCAN);
const page = timed(Number(rounds), PAGE);
const sqliteIndex = milliseconds(() =>
  database.exec("CREATE INDEX by_customer ON twins (json_extract(doc, '$.tags.customer'))"),
);
const indexedPage = timed(10 * Number(rounds), PAGE);
database.close();
console.log(
  JSON.stringify({
    matches: scan.row?.n,
    sqliteInsert,
    sqliteScan: scan.ms,
    sqlitePage: page.ms,
    sqliteIndex,
    sqliteIndexedPage: indexedPage.ms,
  }),
);
