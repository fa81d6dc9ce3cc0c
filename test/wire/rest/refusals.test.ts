import { describe, expect, test } from 'vitest';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#tags-and-properties-format
const withDevice = async (): Promise<Rest> => {
  const rest = await startRest();
  await rest.ask('PUT', '/devices/kiln-3', { body: {} });
  await rest.ask('PATCH', '/twins/kiln-3', {
    body: { tags: { bay: 'north' }, properties: { desired: { heat: { upTo: 900 } } } },
  });
  return rest;
};

/** Sends `body` and checks that the answer is the refusal and the twin is the same, byte for byte. */
const refuses = async (body: unknown, refusal: { status: number; code: string; text: string }): Promise<void> => {
  await using rest = await withDevice();
  const before = await rest.ask('GET', '/twins/kiln-3');
  for (const method of ['PATCH', 'PUT']) {
    const answer = await rest.ask(method, '/twins/kiln-3', { body });
    expect([answer.status, answer.headers['iothub-errorcode'], answer.body]).toEqual([
      refusal.status,
      refusal.code,
      {
        Message: `ErrorCode:${refusal.code};${refusal.text}`,
        ExceptionMessage: expect.stringMatching(/^Tracking ID:[0-9A-F]{32}-G2:-TimeStamp:2026-01-01T00:00:00Z$/),
      },
    ]);
  }
  const after = await rest.ask('GET', '/twins/kiln-3');
  expect([after.text, after.headers.etag]).toEqual([before.text, before.headers.etag]);
};

const accepts = async (body: unknown): Promise<void> => {
  await using rest = await withDevice();
  const { status, text } = await rest.ask('PATCH', '/twins/kiln-3', { body });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
};

const desired = (values: unknown) => ({ properties: { desired: values } });
const invalid = (text: string) => ({ status: 400, code: 'ArgumentInvalid', text });
const sections = [
  ['tags', (values: unknown) => ({ tags: values })],
  ['desired properties', desired],
] as const;

describe.each(sections)('%s', (_, section) => {
  test.each(['gas.flow', 'gas$flow', 'gas#flow', 'gas flow', '$flow', 'gas\u0000', 'gas\u001f', 'gas\u0085'])(
    'hold no key %j',
    (key) =>
      refuses(
        section({ outer: { [key]: 1 } }),
        invalid(
          `Property or Tag name has invalid characters. Error in Property/Tag ${key}. Must not contain Control Characters, '.', '$', '#', or ' '.`,
        ),
      ),
  );

  test('hold keys of up to 1024 bytes', async () => {
    await accepts(section({ ['q'.repeat(1023)]: 1 }));
    await accepts(section({ ['q'.repeat(1024)]: 1 }));
    await accepts(section({ ['ß'.repeat(512)]: 1 }));
    await refuses(
      section({ ['q'.repeat(1025)]: 1 }),
      invalid('Length of property name qqqqqqqqqq.. exceeds maximum length of 1024'),
    );
    await refuses(
      section({ ['ß'.repeat(513)]: 1 }),
      invalid('Length of property name ßßßßßßßßßß.. exceeds maximum length of 1024'),
    );
  });

  test('hold texts of up to 4096 bytes', async () => {
    await accepts(section({ note: 'n'.repeat(4095) }));
    await accepts(section({ note: 'n'.repeat(4096) }));
    await accepts(section({ note: 'ß'.repeat(2048) }));
    await refuses(section({ note: 'n'.repeat(4097) }), invalid('Property or Tag value should be maximum 4096 bytes.'));
    await refuses(section({ note: 'ß'.repeat(2049) }), invalid('Property or Tag value should be maximum 4096 bytes.'));
  });

  test('nest ten levels below their root', async () => {
    const nest = (levels: number): unknown => (levels === 0 ? 'core' : { shell: nest(levels - 1) });
    const list = (levels: number): unknown => (levels === 0 ? 'core' : [list(levels - 1)]);
    await accepts(section({ one: nest(9) }));
    await accepts(section({ one: nest(10) }));
    await accepts(section({ one: list(10) }));
    await refuses(section({ one: nest(11) }), invalid('Nested depth of twin property exceeds 10'));
    await refuses(section({ one: list(11) }), invalid('Nested depth of twin property exceeds 10'));
  });

  test('hold integers of 53 bits and any other number', async () => {
    const outOfBound = invalid(
      'Property count has an out of bound value. Valid values are between -4503599627370496 and 4503599627370495',
    );
    for (const count of [4503599627370494, 4503599627370495, -4503599627370495, -4503599627370496, 0.25, 1.5e300])
      await accepts(section({ count }));
    for (const count of [4503599627370496, -4503599627370497]) await refuses(section({ count }), outOfBound);
    await refuses(JSON.stringify(section({ count: 'HUGE' })).replace('"HUGE"', '1e400'), outOfBound);
  });

  test('hold no null inside an array', async () => {
    await accepts(section({ list: [] }));
    await refuses(section({ list: [1, null] }), invalid("Arrays cannot contain 'null' as value"));
    await refuses(section({ list: [[null]] }), invalid("Arrays cannot contain 'null' as value"));
    await refuses(
      section({ list: [{ gap: null }] }),
      invalid("Property gap of an object in an array cannot be 'null'"),
    );
  });

  test('are objects', async () => {
    for (const values of [1, 'text', [], true]) {
      await using rest = await withDevice();
      expect(await rest.ask('PATCH', '/twins/kiln-3', { body: section(values) })).toMatchObject({
        status: 400,
        headers: { 'iothub-errorcode': 'ArgumentInvalid' },
      });
    }
  });

  test('survive a hundred thousand levels', async () => {
    await using rest = await withDevice();
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const body = JSON.stringify(section('DEEP')).replace('"DEEP"', deep);
    const { status, headers } = await rest.ask('PATCH', '/twins/kiln-3', { body });
    expect([status, headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
  });
});

/** An object of exactly `bytes`: keys of two bytes, texts of up to 4096. */
const ofSize = (bytes: number): Record<string, string> => {
  const object: Record<string, string> = {};
  for (let left = bytes, n = 10; left > 0; n += 1) {
    const text = Math.min(4000, left - 2);
    object[`${n}`] = 's'.repeat(text);
    left -= text + 2;
  }
  return object;
};

test('tags take 8192 bytes', async () => {
  const rest = 'baynorth'.length; // what the tags of the patched twin hold already
  await accepts({ tags: ofSize(8191 - rest) });
  await accepts({ tags: ofSize(8192 - rest) });
  await refuses(
    { tags: ofSize(8193) },
    { status: 403, code: 'DeviceModelMaxPropertiesExceeded', text: "'Tags' size should be less than 8192 bytes." },
  );
});

test('desired properties take 32768 bytes', async () => {
  const rest = 'heatupTo'.length + 8;
  await accepts(desired(ofSize(32767 - rest)));
  await accepts(desired(ofSize(32768 - rest)));
  await refuses(desired(ofSize(32769)), {
    status: 403,
    code: 'DeviceModelMaxPropertiesExceeded',
    text: "'Properties.Desired' size should be less than 32768 bytes.",
  });
});

test.each(['{"tags":{', '{"tags":{"a":09}}', "{'tags':{}", 'tags', '{"tags":{}}x', ''])(
  'the text %j is not a valid twin',
  (body) => refuses(body, { status: 400, code: 'IotHubFormatError', text: 'The request body is not valid JSON.' }),
);

test('a stale etag changes nothing', async () => {
  await using rest = await withDevice();
  const before = await rest.ask('GET', '/twins/kiln-3');
  for (const method of ['PATCH', 'PUT']) {
    const headers = { 'if-match': '"AAAAAAAAAAE="' };
    const {
      status,
      headers: answered,
      body,
    } = await rest.ask(method, '/twins/kiln-3', { body: { tags: { bay: 1 } }, headers });
    expect([status, answered['iothub-errorcode'], body]).toEqual([
      412,
      'PreconditionFailed',
      {
        Message: 'ErrorCode:PreconditionFailed;PreconditionFailed, ETag may be invalid.',
        ExceptionMessage: expect.any(String),
      },
    ]);
  }
  expect((await rest.ask('GET', '/twins/kiln-3')).text).toBe(before.text);
});

test.each(['GET', 'PATCH', 'PUT'])('%s of an unknown device is 404', async (method) => {
  await using rest = await withDevice();
  const { status, headers, body } = await rest.ask(method, '/twins/kiln-4', {
    body: method === 'GET' ? undefined : {},
  });
  expect([status, headers['iothub-errorcode'], body]).toEqual([
    404,
    'DeviceNotFound',
    { Message: 'ErrorCode:DeviceNotFound;kiln-4', ExceptionMessage: expect.any(String) },
  ]);
});

test('a body of another device is refused', () =>
  refuses(
    { deviceId: 'kiln-4', tags: { a: 1 } },
    invalid('deviceId in the request body does not match the one in the URI.'),
  ));

test.each([
  ['an identity', 'PUT', '/devices/kiln-9'],
  ['a module', 'PUT', '/devices/kiln-3/modules/m'],
])('malformed JSON is not a valid %s', async (_, method, path) => {
  await using rest = await withDevice();
  const answer = await rest.ask(method, path, { body: '{"deviceId":' });
  expect(answer).toMatchObject({ status: 400, headers: { 'iothub-errorcode': 'ArgumentInvalid' } });
  expect(answer.headers['x-iothub-emulator-hint']).toMatch(/JSON/);
});

test('a body of 2 MB is refused in the form of the hub', async () => {
  await using rest = await withDevice();
  const body = JSON.stringify({ tags: { a: 'x'.repeat(2 * 1024 * 1024) } });
  expect(await rest.ask('PATCH', '/twins/kiln-3', { body })).toMatchObject({
    status: 413,
    headers: { 'iothub-errorcode': 'GenericRequestEntityTooLarge' },
    body: { ExceptionMessage: expect.stringContaining('Tracking ID:') },
  });
  expect((await rest.ask('GET', '/twins/kiln-3')).status).toBe(200);
});
