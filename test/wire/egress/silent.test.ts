import { expect, test } from 'vitest';
import { Container } from '../../../emulator/blobs/container.ts';
import { exchange } from '../../../emulator/egress/exchange.ts';
import { collectGarbage } from '../../support/hub/garbage.ts';
import { silentServer } from '../../support/wire/store-client.ts';

const closing = new AbortController();
const limits = { signal: closing.signal, timeoutMs: 300 };

// https://github.com/nodejs/node/issues/57736
test.each<[string, (url: string) => Promise<unknown>]>([
  ['a webhook', (url) => exchange(url, { method: 'POST', body: '[]' }, limits)],
  ['a container', (url) => new Container(url, limits).probe('a')],
])('a request to %s that is silent is given up although garbage is collected meanwhile', async (_, ask) => {
  await using silent = await silentServer();
  const collecting = setInterval(collectGarbage, 10);
  try {
    await expect(ask(`http://127.0.0.1:${silent.port}/box`)).rejects.toThrow('no answer within 300 ms');
  } finally {
    clearInterval(collecting);
  }
});
