import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTwin } from '../../emulator/hub/twins/twin-document.ts';
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { newHub, newSession, refusal } from '../support/hub/hub.ts';
import { runs } from '../support/runs.ts';
import { patch, section } from './arbitrary.ts';

type Step =
  | {
      readonly do: 'patch';
      readonly tags?: JsonObject | undefined;
      readonly desired?: JsonObject | undefined;
      readonly ifMatch: IfMatch;
    }
  | {
      readonly do: 'replace';
      readonly tags?: JsonObject | undefined;
      readonly desired?: JsonObject | undefined;
      readonly ifMatch: IfMatch;
    }
  | { readonly do: 'report'; readonly values: JsonObject; readonly version: 'none' | 'current' | 'stale' }
  | { readonly do: 'identity' };
type IfMatch = 'none' | 'any' | 'current' | 'stale';

const ifMatch = fc.constantFrom<IfMatch>('none', 'any', 'current', 'stale');
const some = (arbitrary: fc.Arbitrary<JsonObject>) => fc.option(arbitrary, { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('patch' as const), tags: some(patch), desired: some(patch), ifMatch }),
  fc.record({ do: fc.constant('replace' as const), tags: some(section), desired: some(section), ifMatch }),
  fc.record({
    do: fc.constant('report' as const),
    values: patch,
    version: fc.constantFrom('none', 'current', 'stale'),
  }),
  fc.record({ do: fc.constant('identity' as const) }),
);

test('counters, etags and the device agree under any sequence of operations', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { hub } = newHub();
      hub.registry.create({ deviceId: 'd1' }, {});
      const { session, heard } = newSession('d1');
      hub.sessions.open(session, { resume: false });
      hub.sessions.subscribe(session, 'desired', 0);
      // the counters by the table of the contract, kept apart from the hub's own
      const count = { etag: 1, desired: 1, reported: 1 };
      for (const next of steps) {
        const before = JSON.stringify(renderTwin(hub.twins.get('d1')));
        const refused = run(hub, next, count);
        expect(refused !== undefined).toBe(isStale(next));
        if (refused) {
          expect(refused).toMatchObject({ code: 'PreconditionFailed', status: 412 });
          expect(JSON.stringify(renderTwin(hub.twins.get('d1')))).toBe(before);
        } else advance(count, next);
        const { twin } = hub.twins.get('d1');
        expect({ etag: twin.etag, desired: twin.desired.version, reported: twin.reported.version }).toEqual(count);
        expect(twin.version).toBe(count.etag + count.reported);
      }
      const seen = heard.map((message) => (message.type === 'desired' ? message.version : 0));
      expect(seen).toEqual(seen.map((_, i) => i + 2));
      expect(seen.length).toBe(count.desired - 1);
    }),
    { numRuns: runs(300) },
  );
});

const run = (hub: ReturnType<typeof newHub>['hub'], next: Step, count: { etag: number; reported: number }) =>
  refusal(() => {
    if (next.do === 'identity') return void hub.registry.replace({ deviceId: 'd1' }, {}, '*');
    if (next.do === 'report')
      return void hub.twins.report(
        'd1',
        next.values,
        { none: undefined, current: count.reported, stale: count.reported + 5 }[next.version],
      );
    const body = {
      ...(next.tags === undefined ? {} : { tags: next.tags }),
      ...(next.desired === undefined ? {} : { properties: { desired: next.desired } }),
    };
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(count.etag));
    const etag = { none: undefined, any: '*', current: bytes.toString('base64'), stale: 'AAAAAAAAAAA=' }[next.ifMatch];
    return void hub.twins[next.do]('d1', body, etag);
  });

/** True for a write with an etag or a version that is not the current one. */
const isStale = (next: Step): boolean =>
  (next.do === 'report' && next.version === 'stale') || ('ifMatch' in next && next.ifMatch === 'stale');

const advance = (count: { etag: number; desired: number; reported: number }, next: Step): void => {
  if (next.do === 'report') count.reported += 1;
  if (next.do === 'patch' && (filled(next.tags) || filled(next.desired))) count.etag += 1;
  if (next.do === 'patch' && filled(next.desired)) count.desired += 1;
  if (next.do === 'replace') {
    count.etag += 1;
    count.desired += 1;
  }
};

const filled = (part: JsonObject | undefined): boolean => isObject(part) && Object.keys(part).length > 0;
