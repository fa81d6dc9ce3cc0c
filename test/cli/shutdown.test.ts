import { mkdirSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signSas } from '../../protocol/sas.ts';
import { begin, freshFolder, type Running, run } from '../support/programs/command.ts';
import { startBlobs } from '../support/wire/blob-stub.ts';
import { silentServer } from '../support/wire/store-client.ts';

const FREE = ['--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

/** The status of a request to the REST API of a hub on this machine. */
const ask = (
  ready: { https: number; connectionString: string },
  method: string,
  path: string,
  body: object,
): Promise<number> =>
  new Promise((done, failed) => {
    const key = /SharedAccessKey=(.+)$/.exec(ready.connectionString)?.[1] ?? '';
    const expiry = Math.ceil(Date.now() / 1000) + 60;
    const authorization = signSas({ resource: 'localhost', key, expiry, policy: 'iothubowner' });
    const asking = request(
      {
        port: ready.https,
        path: `${path}?api-version=2021-04-12`,
        method,
        headers: { authorization },
        rejectUnauthorized: false,
      },
      (answer) => done(answer.resume().statusCode ?? 0),
    );
    asking.on('error', failed);
    asking.end(JSON.stringify(body));
  });

const exportTo = (container: string) => ({ type: 'export', outputBlobContainerUri: container });

// more than the 2 s that are promised, as this machine may be busy; less than the 30 s after which silent servers are given up
const MOST_MS = 10_000;

/** How a program ends that is asked to; one that goes on is killed. */
const terminated = async ({ child, ended }: Running) => {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const { code, signal } = await ended;
  clearTimeout(late);
  return [code, signal];
};

test('an export whose server is silent does not keep the program from ending', async () => {
  await using blobs = await startBlobs();
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--device', 'lamp-1']);
  const ready = JSON.parse(await emulator.line('"ready"'));
  expect(await ask(ready, 'POST', '/jobs/create', exportTo(blobs.container('stuck')))).toBe(200);
  await blobs.stuck;
  expect(await terminated(emulator)).toEqual([0, null]);
});

const LIFECYCLE = { name: 'r', source: 'DeviceLifecycleEvents', endpointNames: ['silent'] };
const silentAt = (port: number) => ({
  webhook: { webhooks: [{ name: 'silent', endpointUrl: `http://127.0.0.1:${port}`, validation: 'off' }] },
  container: {
    storageContainers: [
      {
        name: 'silent',
        endpointUri: `http://127.0.0.1:${port}/acc?sig=s`,
        containerName: 'box',
        encoding: 'JSON',
        batchFrequencyInSeconds: 1,
      },
    ],
  },
});

test.each(['webhook', 'container'] as const)(
  'a %s of the routing that is silent does not keep the program from ending',
  async (kind) => {
    await using silent = await silentServer();
    const routing = JSON.stringify({ endpoints: silentAt(silent.port)[kind], routes: [LIFECYCLE] });
    const emulator = begin(['start', ...FREE, '--log-format', 'json', '--routing', routing]);
    const ready = JSON.parse(await emulator.line('"ready"'));
    expect(await ask(ready, 'PUT', '/devices/lamp-1', { deviceId: 'lamp-1' })).toBe(200);
    await silent.asked;
    expect(await terminated(emulator)).toEqual([0, null]);
  },
);

test('a storage account that is silent does not keep the program from starting, nor from ending', async () => {
  await using silent = await silentServer();
  const account = `AccountName=acc;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:${silent.port}/acc`;
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--storage', account]);
  await Promise.all([silent.asked, emulator.line('"ready"')]);
  expect(await terminated(emulator)).toEqual([0, null]);
});

test.each(['start', 'exec'])(
  '%s ends whole, in one line, when a file that clients need cannot be written',
  async (name) => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'bundle.pem', 'in-the-way'), { recursive: true });
    const args =
      name === 'start'
        ? [name, ...FREE, '--ca-dir', folder]
        : [name, ...FREE, '--ca-dir', folder, '--', process.execPath, '-e', '0'];
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]*bundle\.pem[^\n]*--ca-dir\n$/);
  },
);
