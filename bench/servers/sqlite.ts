import sqlite from 'node-sqlite3-wasm';
import type { JsonObject } from '../../protocol/json.ts';
import { median } from '../pairs.ts';

/** Milliseconds for the same questions asked of SQLite, the twins being JSON in one column. */
export const sqliteTimes = (twins: readonly JsonObject[], rounds: number) => {
  const database = new sqlite.Database(':memory:');
  database.exec('CREATE TABLE twins (id INTEGER PRIMARY KEY, doc TEXT)');
  const insert = database.prepare('INSERT INTO twins (doc) VALUES (?)');
  database.exec('BEGIN');
  for (const twin of twins) insert.run([JSON.stringify(twin)]);
  database.exec('COMMIT');
  const timed = (sql: string): number =>
    median(
      Array.from({ length: rounds }, () => {
        const start = performance.now();
        database.all(sql);
        return performance.now() - start;
      }),
    );
  const page = "SELECT doc FROM twins WHERE json_extract(doc, '$.tags.customer') = 'cust-17' LIMIT 100";
  const sqliteScan = timed(
    "SELECT COUNT(*) FROM twins WHERE json_extract(doc, '$.properties.reported.fault') IS NOT NULL AND json_extract(doc, '$.tags.location.region') = 'US' AND json_extract(doc, '$.properties.reported.telemetry.sendFrequencyInSecs') >= 60",
  );
  const sqlitePage = timed(page);
  database.exec("CREATE INDEX by_customer ON twins (json_extract(doc, '$.tags.customer'))");
  const sqliteIndexedPage = timed(page);
  insert.finalize();
  database.close();
  return { sqliteScan, sqlitePage, sqliteIndexedPage };
};
