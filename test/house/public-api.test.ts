import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: URL): string => readFileSync(file, 'utf8');
const sources = new URL('../../emulator/', import.meta.url);

/** What an entry point exports, and the file that declares it. */
const exportsOf = (entry: string): { name: string; file: URL }[] =>
  [...read(new URL(entry, sources)).matchAll(/^export (?:type )?\{([^}]+)\} from '(.+)';$/gm)].flatMap(
    ([, names = '', path = '']) =>
      names.split(',').map((name) => ({
        name: name.replace(/^\s*(?:type\s+)?/, '').trim(),
        file: new URL(path, new URL(entry, sources)),
      })),
  );

/** A member of an interface or a class: it stands alone at the first level, and is not private. */
const MEMBER = /^ {2}(?:(?:readonly|static|async|get|abstract) )*(\[Symbol\.\w+\]|\w+)\??[(<:]/;

/** Names without a doc comment: the declaration itself, and members of interfaces and classes. */
const undocumented = ({ name, file }: { name: string; file: URL }): string[] => {
  const lines = read(file).split('\n');
  const isDocumented = (line: number): boolean => lines[line - 1]?.endsWith('*/') ?? false;
  const declared = new RegExp(`^export (?:const|function|class|interface|type|abstract class) ${name}\\b`);
  const starts = lines.flatMap((line, index) => (declared.test(line) ? [index] : []));
  const missing = starts.some(isDocumented) ? [] : [name];
  for (const start of starts.filter((index) => /^export (?:abstract )?(?:class|interface) /.test(lines[index] ?? ''))) {
    const end = lines.indexOf('}', start);
    for (let index = start + 1; index < end; index++) {
      const [, member] = MEMBER.exec(lines[index] ?? '') ?? [];
      const isOverload = lines[index - 1]?.endsWith(';') && lines[index - 1]?.startsWith(`  ${member}`);
      if (member !== undefined && member !== 'constructor' && !isDocumented(index) && !isOverload)
        missing.push(`${name}.${member}`);
    }
  }
  return missing;
};

test.each(['index.ts', 'testing/index.ts'])('editors explain every export of %s, and every member of it', (entry) => {
  const found = exportsOf(entry);
  expect(found.length).toBeGreaterThan(5);
  expect(found.flatMap(undocumented)).toEqual([]);
});

test('every option of startEmulator and of the test kit has a default and an example', () => {
  for (const [file, name] of [
    ['emulator-options.ts', 'EmulatorOptions'],
    ['testing/options.ts', 'TestOptions'],
  ] as const) {
    const text = read(new URL(file, sources));
    const body = text.slice(text.indexOf(`export interface ${name}`));
    const comments = [...body.slice(0, body.indexOf('\n}\n')).matchAll(/\/\*\*[\s\S]*?\*\/\n {2}readonly (\w+)/g)];
    expect(comments.length).toBeGreaterThan(1);
    expect(comments.filter(([text]) => !/@default .+[\s\S]*@example .+/.test(text)).map(([, name]) => name)).toEqual(
      [],
    );
  }
});
