import { expect, test } from 'vitest';
import { type Part, sentenceOf } from './sentences.ts';

const said = (event: Record<string, unknown>): string | undefined =>
  sentenceOf({ type: 'x', sequence: 1, time: '2026-01-01T00:00:00Z', key: 'd1', ...event })
    ?.map((part: Part) => (typeof part === 'string' ? part : 'code' in part ? part.code : part.bad))
    .join('');

test.each([
  [{ type: 'twin.reported', patch: { firmware: { status: 'applying' } } }, 'd1 reported firmware.status applying'],
  [{ type: 'twin.reported', patch: { a: 1, b: 2, c: 3 } }, 'd1 reported a, b and 1 more'],
  [{ type: 'twin.reported', patch: { a: null } }, 'd1 reported a as gone'],
  [{ type: 'twin.updated', patch: { tags: { floor: 3 } } }, 'the service set tags.floor 3 of d1'],
  [{ type: 'session.opened', protocol: 'mqtt' }, 'd1 connected by MQTT'],
  [{ type: 'session.closed', reason: 'expired' }, 'd1 was disconnected: its token expired'],
  [{ type: 'method.failed', code: 'GatewayTimeout' }, 'a method on d1 failed: GatewayTimeout'],
  [{ type: 'fault.injected', rule: 'f1', effect: { type: 'disconnect' } }, 'fault f1 cut d1'],
  [{ type: 'telemetry', message: { body: '{"t":21}' } }, 'd1 sent {"t":21}'],
  [{ type: 'telemetry', message: { body: { base64: 'AAECAw==' } } }, 'd1 sent 6 bytes'],
  [
    { type: 'endpoint.failed', endpoint: 'hook', problem: 'it answered 503' },
    'the endpoint hook did not take messages: it answered 503',
  ],
  [{ type: 'endpoint.dropped', endpoint: 'hook', messages: 3 }, '3 messages for the endpoint hook were given up'],
  [{ type: 'clock.advanced', ms: 90_000 }, 'the clock was advanced by 1 min'],
  [{ type: 'session.subscribed', capability: 'desired' }, 'd1 listens to desired properties'],
  [{ type: 'job.changed', job: { jobId: 'j1', status: 'running' } }, 'job j1 is running'],
])('%j is told as: %s', (event, text) => {
  expect(said(event)).toBe(text);
});

test('an event of a kind that the page does not know is left out', () => {
  expect(said({ type: 'something.new' })).toBeUndefined();
});
