import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Bench } from '../bench.ts';
import { call } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

const BUILD = fileURLToPath(new URL('../../build.mjs', import.meta.url));
const PAGE = fileURLToPath(new URL('../../dist/page', import.meta.url));
const KB = 1000;

/** Builds and packs what would be published, and with it the page that the bench opens. */
export const buildPackage = ({ folder }: Bench): Promise<void> => call(process.execPath, [BUILD, '--pack', folder]);

/** What the page loads, and what the package is. */
export const sizes = async ({ folder }: Bench): Promise<readonly Row[]> => {
  const document = await readFile(join(PAGE, 'index.html'), 'utf8');
  const assets = await readdir(join(PAGE, 'assets'));
  const named = assets.filter((name) => document.includes(`/assets/${name}`));
  const zipped = new Map(await Promise.all(assets.map(async (name) => [name, await zippedSize(name)] as const)));
  const sum = (names: readonly string[]): number => names.reduce((all, name) => all + (zipped.get(name) ?? 0), 0);
  const part = (beginning: string): number => sum(assets.filter((name) => name.startsWith(beginning)));
  const places = assets.filter((name) => name.startsWith('view-'));
  return [
    row('what every place of the page loads, gzip', gzipSync(document).length + sum(named), 60),
    row('what the largest place loads besides, gzip', Math.max(...places.map((name) => sum([name])))),
    row('the editor, where one is opened, gzip', part('editor-')),
    row('charts, where one is shown, gzip', part('draw-chart-')),
    row('all of the page, gzip', gzipSync(document).length + sum(assets)),
    row('the package, as it is downloaded', await packageSize(folder), 3_000),
  ];
};

const zippedSize = async (name: string): Promise<number> => gzipSync(await readFile(join(PAGE, 'assets', name))).length;

const packageSize = async (folder: string): Promise<number> => {
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '';
  return (await stat(join(folder, name))).size;
};

const row = (work: string, bytes: number, most?: number): Row => {
  const kilobytes = bytes / KB;
  const judged = most === undefined ? undefined : judge(kilobytes, { most }, 'kB');
  return {
    work,
    peer: '–',
    ours: `${round(kilobytes)} kB`,
    theirs: '–',
    result: judged?.result ?? `${round(kilobytes)} kB`,
    wanted: judged?.wanted ?? '–',
    met: judged?.met,
  };
};
