import { mkdirSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signSas } from '../../protocol/sas.ts';
import { begin, freshFolder, run } from '../support/programs/command.ts';
import { startBlobs } from '../support/wire/blob-stub.ts';

const FREE = ['--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

/** Orders an export, over the REST API of a hub on this machine. */
const orderExport = (ready: { https: number; connectionString: string }, container: string): Promise<number> =>
  new Promise((done, failed) => {
    const key = /SharedAccessKey=(.+)$/.exec(ready.connectionString)?.[1] ?? '';
    const expiry = Math.ceil(Date.now() / 1000) + 60;
    const authorization = signSas({ resource: 'localhost', key, expiry, policy: 'iothubowner' });
    const asking = request(
      {
        port: ready.https,
        path: '/jobs/create?api-version=2021-04-12',
        method: 'POST',
        headers: { authorization },
        rejectUnauthorized: false,
      },
      (answer) => done(answer.resume().statusCode ?? 0),
    );
    asking.on('error', failed);
    asking.end(JSON.stringify({ type: 'export', outputBlobContainerUri: container }));
  });

test('an export whose server is silent does not keep the program from ending', async () => {
  await using blobs = await startBlobs();
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--device', 'lamp-1']);
  const ready = JSON.parse(await emulator.line('"ready"'));
  expect(await orderExport(ready, blobs.container('stuck'))).toBe(200);
  await blobs.stuck;
  emulator.child.kill('SIGTERM');
  const { code, signal } = await emulator.ended;
  expect([code, signal]).toEqual([0, null]);
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
