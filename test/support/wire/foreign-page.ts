import fc from 'fast-check';
import { type Operation, targetOf } from '../../../protocol/admin/operation.ts';
import { ADMIN_OPERATIONS } from '../../../protocol/admin/operations.ts';

// Requests of a page of somebody else to the admin server; `PORT` in a header is that of the server.

export const OPERATIONS: Readonly<Record<string, Operation>> = ADMIN_OPERATIONS;
const NAMES = { deviceId: 'd1', moduleId: 'filter', name: 'before', id: 'slow', hub: 'ada', version: '1', entry: '1' };
const MORE_NAMES = { moment: '2026-01-01T00:00:01Z', input: 'in', code: 'x', blobName: 'x' };

/** What the operations take. */
const BODIES = [
  ...[
    '',
    '{}',
    '{"by":"1h"}',
    '{"name":"evil"}',
    '{"dropConnections":true}',
    '{"devices":["evil"]}',
    '{"lag":"manual"}',
  ],
  ...[
    '{"body":"x","system":{"ack":"full"}}',
    '{"effect":{"type":"drop"},"match":{"device":"*"}}',
    '{"tags":{"evil":1}}',
  ],
  ...[
    '{"routes":[],"fallbackRoute":{"isEnabled":false}}',
    '{"devices":[{"deviceId":"evil"}]}',
    '{"token":"open sesame"}',
  ],
  ...['{"query":"SELECT * FROM devices"}', '{"properties":{"desired":{"evil":1}}}', '{"deviceId":"evil"}'],
];

const body = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...BODIES) }, fc.json(), fc.string());
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header: the first three need no leave
const contentType = fc.constantFrom(
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json'],
);

const target = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...Object.keys(OPERATIONS)).map((operation) => ({
      operation,
      ...targetOf(operation, { params: { ...NAMES, ...MORE_NAMES } }),
    })),
  },
  fc.record({
    operation: fc.constant(''),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'),
    path: fc.constantFrom(
      ...['/service/devices/d1', '/service/twins/d1', '/service/devices/query', '/service/jobs/v2/x'].map(
        (path) => `${path}?api-version=2021-04-12`,
      ),
      ...[
        '/nothing',
        '/hubs/ada',
        '/hubs/none/export',
        '/hubs/ada/service/twins/d1?api-version=2021-04-12',
        '/%2e%2e/export',
      ],
    ),
  }),
);
const scope = fc.constantFrom('', '', '/hubs/ada');
const query = fc.constantFrom('', '', '?mode=replace', '?mode=merge', '?format=json');

const SITES = ['https://evil.example', 'http://evil.example:8088', 'null', 'file://', 'http://localhost.evil.example'];
const MORE_SITES = [
  'http://localhost:1',
  'http://127.0.0.1',
  'https://localhost',
  'chrome-extension://abcdefgh',
  'http://[::1]:3000',
];
const NAMES_OF_OTHERS = [
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '192.168.1.7',
  'evil.example.',
];

/** The headers by which a request is one of a page of others; `PORT` is that of the admin server. */
const origin = fc.oneof(
  // a script, or a form that is posted
  fc.record({
    kind: fc.constant('script' as const),
    origin: fc.constantFrom(...SITES, ...MORE_SITES, 'http://localhost:PORT.evil.example'),
    host: fc.constantFrom('localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'ada.hub.localhost:PORT'),
    site: fc.constantFrom('cross-site', 'same-site', 'none', 'same-origin', undefined),
  }),
  // an image, a link, a form with GET: such requests have no origin
  fc.record({
    kind: fc.constant('element' as const),
    origin: fc.constant(undefined),
    host: fc.constantFrom('localhost:PORT', '127.0.0.1:PORT'),
    site: fc.constantFrom('cross-site', 'same-site'),
  }),
  // the page's own name leads to this machine: to the browser everything is of one origin
  fc.constantFrom(...NAMES_OF_OTHERS).chain((name) =>
    fc.record({
      kind: fc.constant('rebound' as const),
      origin: fc.constantFrom(`http://${name}:PORT`, undefined),
      host: fc.constant(`${name}:PORT`),
      site: fc.constantFrom('same-origin', 'none', undefined),
    }),
  ),
);

const attempt = fc.record({
  target,
  scope,
  query,
  origin,
  body,
  contentType,
  isPreflight: fc.boolean(),
  mode: fc.constantFrom('no-cors', 'cors', 'navigate'),
  referer: fc.constantFrom('https://evil.example/page', 'http://localhost:PORT/hub/localhost/overview', undefined),
});
export type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

export const attempts: fc.Arbitrary<readonly Attempt[]> = fc.array(attempt, {
  minLength: 1,
  maxLength: 25,
  size: 'max',
});
