import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { authorityIn } from '../../emulator/cli/trust/authority.ts';
import { anchorStore } from '../../emulator/cli/trust/system-store.ts';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { freshFolder, run } from '../support/programs/command.ts';
import { asNobody, type Desk, desk } from '../support/programs/shell.ts';

let office: Desk;
let folder: string;
let emulator: Emulator;
beforeAll(async () => {
  office = desk();
  folder = join(office.home, '.iothub-emulator');
  emulator = await startEmulator({ caDir: folder });
  await office.type('iothub-emulator --version'); // writes the bundle, which other users may not write
});
afterAll(() => emulator.close());

const isInstalled = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;

const needs = ({ skip }: TestContext, ...programs: string[]): void => {
  for (const program of programs) skip(!isInstalled(program), `${program} is not installed`);
};

/** The exit code of curl, which is 60 for a certificate that is not trusted: https://everything.curl.dev/cmdline/exitcode.html */
const curl = (roots: string): Promise<number> =>
  new Promise((done) => {
    const url = `https://localhost:${emulator.ports.https}/`;
    execFile('curl', ['-q', '-s', '--noproxy', '*', '--cacert', roots, url], (error) => done(Number(error?.code ?? 0)));
  });

test('the store of the system trusts the CA after trust, and not after untrust', async (context) => {
  needs(context, 'update-ca-certificates', 'curl');
  const place = freshFolder();
  const [anchors, made, hooks] = ['local', 'made', 'hooks'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ]; // three in, three out
  for (const name of [anchors, made, hooks]) mkdirSync(name);
  const refresh = ['update-ca-certificates', '--localcertsdir', anchors, '--etccertsdir', made, '--hooksdir', hooks];
  const store = anchorStore({ folder: anchors, ending: 'crt', refresh }, { folder: place, environment: process.env });
  const authority = authorityIn(readFileSync(join(folder, 'ca.pem'), 'utf8'), join(folder, 'ca.pem'));
  if (authority === undefined) throw new Error('The emulator has no CA');
  const file = join(anchors, `${authority.nick}.crt`);
  const roots = join(made, 'ca-certificates.crt');

  execFileSync(refresh[0] ?? '', refresh.slice(1));
  expect(await curl(roots)).toBe(60);
  expect(await store.trust(authority)).toEqual({ text: `trusted, by ${file}` });
  expect(await store.trust(authority)).toEqual({ text: `trusted already, by ${file}` });
  expect(await curl(roots)).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(emulator.ca);
  expect(await store.untrust(authority)).toEqual({ text: 'no longer trusted' });
  expect(await store.untrust(authority)).toEqual({ text: 'not trusted, nothing to undo' });
  expect([await curl(roots), readdirSync(anchors)]).toEqual([60, []]);
});

test('a user who may not change the store of the system gets the command for an administrator', async ({ skip }) => {
  skip(process.platform !== 'linux', 'on other systems each user has a store');
  const open = `cp -r .iothub-emulator open && chmod -R a+rX open . && cd open && HOME=$PWD`;
  const { code, stderr } = await office.type(`${open} ${asNobody} iothub-emulator trust --store os --ca-dir .`);
  skip(stderr.includes('is not known'), 'the store of this system is not known');
  expect([code, stderr.split('\n')]).toEqual([
    1,
    [
      'os: this user may not change the store of the system. An administrator can:',
      expect.stringMatching(/^ {2}sudo cp \S+\/open\/ca\.pem \S+\/iothub-emulator-[0-9a-f]{8}\.\w+ && sudo \w/),
      '',
    ],
  ]);
});

test('trust creates a store for JVMs and prints their options; untrust removes both', async (context) => {
  needs(context, 'java');
  const trusted = await office.type('eval "$(iothub-emulator trust --store java)" && echo "$JAVA_TOOL_OPTIONS"');
  const store = trusted.stdout.match(/trustStore=(\S+)/)?.[1] ?? '';
  expect(trusted).toEqual({
    code: 0,
    stdout: `-Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit\n`,
    stderr: `java: created: ${store}\n`,
  });
  expect(await office.type('iothub-emulator trust --store java')).toMatchObject({
    stderr: `java: created again: ${store}\n`,
  });
  // other options stay, ours appear once
  const again = `JAVA_TOOL_OPTIONS='-Da="b c" -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit'`;
  const line = `export JAVA_TOOL_OPTIONS='-Da="b c" -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit'\n`;
  expect(await office.type(`${again} iothub-emulator trust --store java`)).toMatchObject({ stdout: line });
  expect(await office.type(`${again} iothub-emulator untrust --store java`)).toEqual({
    code: 0,
    stdout: `export JAVA_TOOL_OPTIONS='-Da="b c"'\n`,
    stderr: `java: removed: ${store.split('/').at(-1)}\n`,
  });
  expect(await office.type('iothub-emulator untrust --store java')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'java: not trusted, nothing to undo\n',
  });
});

test('the database of Chromium has the certificate after trust, and not after untrust', async (context) => {
  context.skip(process.platform !== 'linux', 'browsers use the store of the system');
  needs(context, 'certutil');
  const database = `sql:${office.home}/.pki/nssdb`;
  await office.type(`mkdir -p .pki/nssdb && certutil -N -d ${database} --empty-password`);
  const listed = async (): Promise<string> => (await office.type(`certutil -L -d ${database}`)).stdout;
  expect(await office.type('iothub-emulator trust --store nss')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('nss: trusted, as'),
  });
  expect(await office.type('iothub-emulator trust --store nss')).toMatchObject({ stderr: 'nss: trusted already\n' });
  expect(await listed()).toMatch(/iothub-emulator-[0-9a-f]{8} +C,,/);
  expect(await office.type('iothub-emulator untrust --store nss')).toMatchObject({
    stderr: 'nss: no longer trusted\n',
  });
  expect(await listed()).not.toContain('iothub-emulator');
});

test('trust --print prints what each kind of program needs, and changes nothing', async () => {
  const before = readdirSync(folder);
  const { code, stdout, stderr } = await office.type('iothub-emulator trust --print');
  expect([code, stderr, readdirSync(folder)]).toEqual([0, '', before]);
  for (const text of [
    `# Node\nexport NODE_EXTRA_CA_CERTS=${folder}/ca.pem\n`,
    '# Python and az\neval "$(iothub-emulator env)"\n',
    `cat ${folder}/ca.pem >> "$(python3 -m certifi)"\n`,
    '# curl, .NET, C programs\n',
    '# Java, Kotlin, Scala\n',
  ])
    expect(stdout).toContain(text);
});

test('the key of the CA is never copied', async (context) => {
  needs(context, 'java');
  await office.type('iothub-emulator trust --store java');
  const holders = readdirSync(folder).filter((name) =>
    readFileSync(join(folder, name), 'latin1').includes('PRIVATE KEY'),
  );
  expect(holders.sort()).toEqual(['authority.pem', 'server.pem']);
  const { stdout } = await office.type(
    `keytool -list -keystore .iothub-emulator/cacerts-* -storepass changeit -alias iothub-emulator-*`,
  );
  expect(stdout).not.toContain('PrivateKeyEntry');
});

test('trust before the first start creates the CA of later starts', async (context) => {
  needs(context, 'java');
  const fresh = desk();
  expect(await fresh.type('iothub-emulator trust --print')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is no development CA yet. The emulator creates it when it first starts.\n',
  });
  expect(await fresh.type('iothub-emulator trust --store java')).toMatchObject({ code: 0 });
  const { stdout } = await fresh.type(
    `iothub-emulator exec --ports random -- node -p 'require("node:fs").readFileSync(process.env.IOTHUB_CA_FILE, "utf8")'`,
  );
  expect(stdout.trim()).toBe(readFileSync(join(fresh.home, '.iothub-emulator/ca.pem'), 'utf8').trim());
});

test('with sudo the home of root is not used by mistake', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'only root can test this');
  const outcome = await run(['untrust', '--store', 'os'], {
    env: { SUDO_USER: 'ada', HOME: undefined, IOTHUB_EMULATOR_CA_DIR: undefined },
  });
  expect(outcome).toMatchObject({
    code: 2,
    stderr: 'With sudo this looks in the home of root. Give the folder of your CA: --ca-dir ~ada/.iothub-emulator\n',
  });
});

test('a store that does not exist is a usage error', async () => {
  expect(await office.type('iothub-emulator trust --store mars')).toMatchObject({ code: 2, stdout: '' });
});
