import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../support/programs/command.ts';

const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const read = (file: string): string => readFileSync(path(file), 'utf8');

const blocksOf = (text: string) =>
  [...text.matchAll(/(?:<!-- (\S+) -->\n)?```(\w+)\n([\s\S]*?)```/g)].map(([, file, language, code = '']) => ({
    file,
    language,
    code,
  }));

const guide = read('docs/testing.md');
const blocks = blocksOf(guide);

test.each([
  ['docs/testing.md', 20],
  ['clients/python-testing/README.md', 1],
  ['clients/testcontainers/README.md', 0],
])('code in %s is an excerpt of the file named above it', (document, least) => {
  const examples = blocksOf(read(document)).filter(({ language }) => language !== 'sh');
  expect(examples.length).toBeGreaterThan(least);
  for (const { file, code } of examples) {
    expect([code, file !== undefined && existsSync(path(file))]).toEqual([code, true]);
    expect(read(file ?? '')).toContain(code);
  }
});

test('the links in the guide lead to existing files and headings', () => {
  const linked = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const target of linked)
    if (target.startsWith('#')) expect(headings).toContain(target.slice(1));
    else expect([target, existsSync(path(`docs/${target}`))]).toEqual([target, true]);
});

test('the commands of the guide exist, with their flags', async () => {
  const lines = blocks.flatMap(({ code }) => [...code.matchAll(/npx iothub-emulator ([a-z][^\n#]*)/g)]);
  expect(lines.length).toBeGreaterThan(3);
  for (const [, line = ''] of lines) {
    const [command = '', ...words] = (line.split(' -- ')[0] ?? '').trim().split(/\s+/);
    const { code, stdout } = await run([command, '--help']);
    expect([line, code]).toEqual([line, 0]);
    for (const flag of words.filter((word) => word.startsWith('--')))
      expect([line, stdout]).toEqual([line, expect.stringContaining(flag)]);
  }
});

interface Workflow {
  readonly jobs: Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>;
}

/** Commands that a test cannot run, and why they are right. */
const JUSTIFIED: Readonly<Record<string, string>> = {
  'npm ci': 'installs, as README.md says',
  'sudo sysctl net.ipv4.ip_unprivileged_port_start=443':
    'the emulator prints this command if it is not allowed to open the port',
};

test('the commands of the GitHub Actions example run', async () => {
  const { jobs }: Workflow = parse(read('docs/github-actions.yml'));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const commands = steps.flatMap((step) => (step.run === undefined ? [] : [step.run]));
  expect(steps.filter(({ uses, run: command }) => (uses === undefined) === (command === undefined))).toEqual([]);
  const program = 'process.exit(process.env.IOTHUB_DEVICE_CONNECTION_STRING ? 7 : 1)';
  for (const command of new Set(commands)) {
    if (command in JUSTIFIED) continue;
    const [, line = ''] = /^npx iothub-emulator (.*) -- npm test$/.exec(command) ?? [];
    const ports = line.includes('--ports') ? [] : ['--ports', 'random']; // port 443 may be in use on the test machine
    const { code } = await run([...line.split(' '), ...ports, '--', process.execPath, '-e', program]);
    expect([command, code]).toEqual([command, 7]);
  }
});
