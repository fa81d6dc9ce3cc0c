import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { damageInTable } from '../../emulator/store/table-checksums.ts';
import { runs } from '../support/runs.ts';

/** The first table that LevelDB makes of such rows. */
const tableOf = async (texts: readonly string[]): Promise<Buffer> => {
  const folder = mkdtempSync(join(tmpdir(), 'iothub-tables-'));
  try {
    const store = await LevelStore.open(folder);
    await store.write(
      texts.map((text, number) => ({ key: `state\0devices\0${number}`, text })),
      false,
    );
    await store.close();
    await (await LevelStore.open(folder)).close(); // which makes a table of what was written
    const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.ldb'));
    return readFileSync(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const texts = fc.array(fc.string({ maxLength: 2_000, unit: 'binary' }), { minLength: 1, maxLength: 40 });

test('tables of LevelDB are as they were written, and one with a changed bit anywhere is not, nor is one that ends early', async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(), fc.nat(7), async (rows, place, bit) => {
      const table = await tableOf(rows);
      expect(damageInTable(table)).toBeUndefined();
      const at = place % table.length;
      const changed = Buffer.from(table);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      expect(damageInTable(changed)).toBeDefined();
      expect(damageInTable(table.subarray(0, at))).toBeDefined();
    }),
    { numRuns: runs(60) },
  );
});
