import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/programs/command.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const FORBIDDEN = [
  ['protocol', '../emulator/hub/hub.ts', 'protocol/ is what emulator and clients share'],
  ['clients/service', '../../emulator/index.ts', 'clients/ imports protocol/ only'],
  ['emulator/kernel', '../hub/hub.ts', 'emulator/kernel/ imports protocol/ only'],
  ['emulator/hub', '../servers/http/server.ts', 'emulator/hub/ imports emulator/kernel/ and protocol/ only'],
  ['emulator/hub/twins', 'node:fs', 'The hub does no I/O'],
  ['emulator/alasql', '../hub/hub.ts', 'emulator/alasql/ implements a port of emulator/hub/query/'],
  ['emulator/auth', '../servers/http/server.ts', 'emulator/auth/ imports'],
  ['emulator/blobs', '../auth/policies.ts', 'emulator/blobs/ imports'],
  ['emulator/seeds', '../servers/http/server.ts', 'emulator/seeds/ imports'],
  ['emulator/certificates', '../hub/hub.ts', 'emulator/certificates/ knows nothing of hubs'],
  ['emulator/intercept', '../options.ts', 'emulator/intercept/ runs in programs of users'],
  ['emulator/endpoints', '../servers/http/server.ts', 'emulator/endpoints/ imports no server'],
  ['emulator/servers/http', '../../hub/hub.ts', 'emulator/servers/http/ is HTTP without a hub'],
  ['emulator/servers/listener', '../mqtt/server.ts', 'imports none of them'],
  ['emulator/servers/rest', '../mqtt/server.ts', 'A server never imports another server'],
  ['emulator/servers/mqtt/faults', '../../rest/server.ts', 'A server never imports another server'],
  ['emulator/servers/admin/routes', '../../../emulator.ts', 'imports what a server may import'],
  ['emulator/servers/amqp', '../rest/server.ts', 'A server never imports another server'],
  ['emulator/servers/amqp/engine/link', '../../../../hub/hub.ts', 'The AMQP engine knows its protocol'],
  ['emulator/servers/amqp/engine', 'node:net', 'The AMQP engine runs over any stream of bytes'],
  ['emulator/servers/faults', '../mqtt/server.ts', 'emulator/servers/faults/ is shared by servers'],
  ['emulator/hosting', '../emulator.ts', 'emulator/hosting/ does not import what is built on it'],
  ['emulator/cli/commands', '../../hub/hub.ts', 'emulator/cli/ uses emulator/index.ts'],
  ['emulator/testing', '../servers/http/server.ts', 'emulator/testing/ imports'],
] as const;

const ALLOWED = [
  ['emulator/hub/twins', '../../kernel/table.ts'],
  ['emulator/alasql', '../hub/query/relations.ts'],
  ['emulator/servers/rest', './routes/index.ts'],
  ['emulator/cli/doctor', './emulator.ts'],
  ['emulator/testing', '../index.ts'],
] as const;

/** What Biome says, by file, of a folder with one file for each of these imports. */
const lint = (imports: readonly (readonly [string, string, string?])[]): string => {
  const folder = freshFolder('iothub-imports-');
  for (const name of ['biome.jsonc', '.gitignore']) copyFileSync(join(ROOT, name), join(folder, name));
  imports.forEach(([importer, specifier], index) => {
    const file = join(folder, importer, `file-${index}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { x } from '${specifier}';\nexport const y = x;\n`);
  });
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = ['lint', '--only=style/noRestrictedImports', '--colors=off', '--max-diagnostics=none'];
  const { stdout, stderr } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' });
  return `${stdout}${stderr}`;
};

const said = lint(FORBIDDEN).split(/(?=^emulator\/|^clients\/|^protocol\/)/m);

test.each(FORBIDDEN.map((row, index) => [...row, index] as const))(
  'a file in %s must not import %s',
  (folder, _, message, index) => {
    const found = said.filter((text) => text.startsWith(`${folder}/file-${index}.ts`));
    expect(found.join('').replace(/\s+/g, ' ')).toContain(message);
  },
);

test('what a folder may import is not reported', () => {
  const report = lint(ALLOWED); // and of biome.jsonc
  expect(report).toContain(`Checked ${ALLOWED.length + 1} files`);
  expect(report).not.toContain('noRestrictedImports');
});
