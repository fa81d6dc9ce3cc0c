import fc from 'fast-check';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedCa } from '../../support/programs/command.ts';
import { runs } from '../../support/runs.ts';
import { type Attempt, attempts, OPERATIONS } from '../../support/wire/foreign-page.ts';
import { type Reply, send } from '../../support/wire/rest-client.ts';

// What a page of somebody else, open in a browser on this machine, may try: whatever it sends, it reads nothing, and
// the hub stays as it was.

let emulator: Emulator;
let guarded: Emulator;
beforeAll(async () => {
  emulator = await start({});
  guarded = await start({ adminToken: 'open sesame' });
});
afterAll(async () => {
  await emulator?.close();
  await guarded?.close();
});

const start = async (options: { adminToken?: string }): Promise<Emulator> => {
  const devices = [{ id: 'd1', tags: { hall: 4 }, modules: [{ id: 'filter' }] }];
  const started = await startEmulator({ caDir: sharedCa, devices, clock: 'virtual', ...options });
  await started.openClass({ students: ['Ada'], lesson: 'queries' });
  started.hub.faults.add({ id: 'slow', match: { path: '/jobs/*' }, effect: { type: 'delay', ms: 5 } });
  started.hub.inbox.enqueue('d1', { body: Buffer.from('waits'), system: {}, properties: {} });
  await ask(started, { method: 'POST', path: '/snapshots', headers: OWN(started), body: '{"name":"before"}' });
  return started;
};

const portOf = ({ adminUrl }: Emulator): number => Number(new URL(adminUrl).port);
const OWN = (of: Emulator): Readonly<Record<string, string>> => ({
  host: new URL(of.adminUrl).host,
  authorization: 'Bearer open sesame',
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const ask = (of: Emulator, asked: Asked): Promise<Reply> => send({ port: portOf(of), ...asked });

/** All that the owner sees: twins and identities, what surrounds them, the fork, and the number of the last event. */
const VIEWS = [
  ...['/export', '/info', '/clock', '/clock/due', '/faults', '/snapshots', '/routing', '/index', '/hubs', '/class'],
  ...['/connections', '/messages/d1', '/feedback', '/trace', '/traffic', '/usage', '/hubs/ada/export'],
];
const stateOf = async (of: Emulator): Promise<readonly string[]> => {
  const replies = await Promise.all(VIEWS.map((path) => ask(of, { method: 'GET', path, headers: OWN(of) })));
  return replies.map(({ status, text }, i) => {
    expect([VIEWS[i], status]).toEqual([VIEWS[i], 200]);
    return text;
  });
};

const withPort = (of: Emulator, text: string): string => text.replace('PORT', String(portOf(of)));

const requestOf = (of: Emulator, tried: Attempt, cookie?: string): Asked => {
  const { kind, host, site } = tried.origin;
  const headers = {
    host,
    origin: tried.origin.origin,
    referer: tried.referer,
    cookie: kind === 'rebound' ? undefined : cookie,
    'sec-fetch-site': site,
    'sec-fetch-mode': tried.mode,
    'content-type': tried.contentType,
    ...(isPreflight(tried) && {
      'access-control-request-method': tried.target.method,
      'access-control-request-headers': 'authorization,content-type',
      'access-control-request-private-network': 'true',
    }),
  };
  return {
    method: methodOf(tried),
    path: tried.scope + tried.target.path + (tried.target.path.includes('?') ? '' : tried.query),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value ? [[name, withPort(of, value)]] : [])),
    ),
    ...(methodOf(tried) === 'GET' || isPreflight(tried) ? {} : { body: tried.body }),
  };
};

const isPreflight = ({ origin: { kind }, isPreflight: asks }: Attempt): boolean => asks && kind === 'script';

const methodOf = (tried: Attempt): string => {
  if (tried.origin.kind === 'element') return 'GET';
  return isPreflight(tried) ? 'OPTIONS' : tried.target.method;
};

/** Every page may link to these, as to any public file; what they answer cannot be read from the page with the link. */
const isLinked = (tried: Attempt): boolean =>
  tried.origin.kind === 'element' && tried.scope === '' && OPERATIONS[`GET ${placeOf(tried)}`]?.open === true;

const placeOf = ({ target: { operation } }: Attempt): string => operation.split(' ')[1] ?? '';

const readNothing = (tried: Attempt, { status, headers, text, body }: Reply): void => {
  const leaves = Object.keys(headers).filter((name) => /^access-control-|^set-cookie|^timing-allow-origin/.test(name));
  expect(leaves).toEqual([]);
  expect(headers['x-content-type-options']).toBe('nosniff');
  if (isLinked(tried)) return;
  expect([status, text === '' ? ['error'] : Object.keys(Object(body))]).toEqual([403, ['error']]);
};

const tryAll = (of: Emulator, cookie?: string) =>
  fc.asyncProperty(attempts, async (all) => {
    const before = await stateOf(of);
    for (const tried of all) readNothing(tried, await ask(of, requestOf(of, tried, cookie)));
    expect(await stateOf(of)).toEqual(before);
  });

test('a page of others reads nothing and changes nothing, whatever it sends', async () => {
  await fc.assert(tryAll(emulator), { numRuns: runs(60) });
});

test('nor does it where the emulator has a token, and the browser the cookie of a session', async () => {
  const opened = await ask(guarded, {
    method: 'POST',
    path: '/session',
    headers: OWN(guarded),
    body: '{"token":"open sesame"}',
  });
  const [cookie = ''] = String(opened.headers['set-cookie']).split(';');
  const own = { host: new URL(guarded.adminUrl).host, cookie };
  expect((await ask(guarded, { method: 'GET', path: '/export', headers: own })).status).toBe(200);
  await fc.assert(tryAll(guarded, cookie), { numRuns: runs(60) });
});

test('what is tried would change the hub if its owner sent it', async () => {
  const before = await stateOf(emulator);
  const headers = { ...OWN(emulator), 'content-type': 'text/plain' };
  await ask(emulator, { method: 'POST', path: '/clock/advance', headers, body: '{"by":"1h"}' });
  await ask(emulator, { method: 'DELETE', path: '/hubs/ada/faults', headers });
  expect(await stateOf(emulator)).not.toEqual(before);
});
