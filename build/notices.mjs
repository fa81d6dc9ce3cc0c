import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.mjs';

/** The licence notices of all packages that have a file among `files` (paths from the checkout's root), as one text. */
export const noticesOf = (files) => {
  const folders = new Set(files.map(packageOf).filter((folder) => folder !== undefined));
  const notices = [...folders].sort().map(noticeOf);
  return `This package contains parts of the packages below, under their licences.\n\n${[...new Set(notices)].join('\n')}`;
};

/** `node_modules/a/node_modules/@b/c` of a file in it. */
const packageOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];

const noticeOf = (folder) => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const texts = readdirSync(join(ROOT, folder))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) =>
      readFileSync(join(ROOT, folder, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    );
  if (license === undefined && texts.length === 0) throw new Error(`${name} comes without a licence`);
  const owner = typeof author === 'string' ? author : author?.name;
  const without = `(no file with a licence in the package${owner === undefined ? '' : `; its author is ${owner}`})`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license ?? 'see below'})\n\n${texts.join('\n\n') || without}\n`;
};
