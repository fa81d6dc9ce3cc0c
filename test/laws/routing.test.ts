import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRoute } from '../../emulator/hub/query/routing.ts';
import { HubError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';
import { newEgress } from '../support/hub/egress.ts';
import { newHub } from '../support/hub/hub.ts';
import { runs } from '../support/runs.ts';

/** Pieces of conditions, in an order that is seldom right. */
const words = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom(
          ...[
            '$body.t',
            '$body.a[0]',
            '$body',
            'level',
            "'high'",
            '5',
            '1e400',
            'null',
            'true',
            '$twin.tags.x',
            '{$x}',
          ],
          ...['=', '<>', '!=', '<', 'and', 'or', 'not', '+', '-', '*', '/', '%', '??', '||', '(', ')', ',', '[', '.'],
          ...['length(', 'substring(', 'as_number(', 'is_defined(', 'concat(', 'index_of(', 'power('],
        ),
      },
      { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    ),
    { maxLength: 30 },
  )
  .map((list) => list.join(' '));

const message = fc.record({
  body: fc.oneof(
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 30 }),
  ),
  properties: fc.dictionary(fc.constantFrom('level', '__proto__', '$x', 'a b'), fc.string({ maxLength: 5 })),
  system: fc.record({
    contentType: fc.constantFrom('application/json', 'text/plain'),
    contentEncoding: fc.constantFrom('utf-8', 'utf-16', 'utf-32', 'x'),
  }),
});

test('whatever a condition says, it is refused or routes every message: to its endpoint, the fallback, or nowhere', () => {
  fc.assert(
    fc.property(words, fc.array(message, { maxLength: 4 }), fc.boolean(), (condition, messages, isEnabled) => {
      const { egress } = newEgress();
      const { hub } = newHub({ egress, partitions: 1 });
      hub.registry.create({ deviceId: 'd1' }, {});
      const routing: Json = {
        endpoints: { webhooks: [{ name: 'hook', endpointUrl: 'http://localhost' }] },
        routes: [{ name: 'r', source: 'DeviceMessages', condition, endpointNames: ['hook'] }],
        fallbackRoute: { isEnabled },
      };
      try {
        parseRoute(condition);
      } catch (error) {
        expect(error).toBeInstanceOf(HubError);
        expect(() => hub.router.replace(routing)).toThrow(HubError);
        return;
      }
      hub.router.replace(routing);
      for (const one of messages) hub.telemetry.receive('d1', one);
      const { matched, fallback, orphaned } = hub.router.counts;
      expect((matched.r ?? 0) + fallback + orphaned).toBe(messages.length);
      expect(hub.outbox.waiting('hook')).toBe(matched.r ?? 0);
      expect(isEnabled ? orphaned : fallback).toBe(0);
    }),
    { numRuns: runs(1000) },
  );
});

/** What happens to a webhook and to a container. */
const step = fc.oneof(
  fc.record({ send: fc.nat(3) }),
  fc.record({ end: fc.nat(9), how: fc.constantFrom('taken', 'failed', 'final') }),
  fc.record({ wait: fc.constantFrom(1, 10_000, 60_000, 4_000_000) }),
  fc.constant({ again: true } as const),
);

test('every message for an endpoint is delivered, waits or is counted as given up, whatever happens to it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { egress, sent } = newEgress();
      const { hub, clock } = newHub({ egress, partitions: 2 });
      for (const deviceId of ['a', 'b', 'c', 'd']) hub.registry.create({ deviceId }, {});
      const container = { name: 'cold', connectionString: 'UseDevelopmentStorage=true', containerName: 'box' };
      const webhook = { name: 'hook', endpointUrl: 'http://localhost', retryPolicy: { maxDeliveryAttempts: 3 } };
      const endpoints = { webhooks: [webhook], storageContainers: [container] };
      const routes = ['hook', 'cold'].map((name) => ({
        name,
        source: 'DeviceMessages' as const,
        endpointNames: [name],
      }));
      hub.router.replace({ endpoints, routes });
      let count = 0;
      // what was counted before the counts began again
      const before = { hook: 0, cold: 0 };
      for (const one of steps) {
        if ('send' in one) {
          hub.telemetry.receive('abcd'[one.send] ?? 'a', { body: new Uint8Array(), properties: {}, system: {} });
          count += 1;
        } else if ('wait' in one) clock.advance(one.wait);
        else if ('again' in one) {
          for (const name of ['hook', 'cold'] as const) {
            const { delivered, dropped } = hub.outbox.health.of(name);
            before[name] += delivered + dropped;
          }
          hub.router.replace({ endpoints, routes });
        } else {
          const open = sent.filter(({ isStopped, hasEnded }) => !isStopped && !hasEnded);
          const problem = { problem: 'no', isFinal: one.how === 'final' };
          open[one.end % Math.max(1, open.length)]?.end(one.how === 'taken' ? {} : problem);
        }
      }
      for (const name of ['hook', 'cold'] as const) {
        const { delivered, dropped } = hub.outbox.health.of(name);
        expect(before[name] + delivered + dropped + hub.outbox.waiting(name)).toBe(count);
      }
    }),
    { numRuns: runs(500) },
  );
});
