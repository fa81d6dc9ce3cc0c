import { expect, test } from 'vitest';
import type { FaultRule } from '../../protocol/fault.ts';
import { newHub } from '../support/hub/hub.ts';

const report = { type: 'twin.report', protocol: 'mqtt', key: 'd1' } as const;
const drop: FaultRule = { match: {}, effect: { type: 'drop' } };

test('a rule strikes what it matches, and every strike is an event', () => {
  const { hub, events } = newHub();
  hub.faults.add({ id: 'f', match: { device: 'd*', operation: 'twin.report' }, effect: { type: 'delay', ms: 5 } });
  expect(hub.before(report)).toEqual({ type: 'delay', ms: 5 });
  expect(hub.before({ ...report, key: 'x1' })).toBeUndefined();
  expect(hub.before({ ...report, type: 'twin.get' })).toBeUndefined();
  expect(events).toMatchObject([
    { type: 'fault.added', rule: 'f', effect: { type: 'delay', ms: 5 } },
    { type: 'fault.injected', key: 'd1', rule: 'f', operation: 'twin.report' },
  ]);
  expect(hub.faults.list()).toMatchObject([{ id: 'f', matched: 1, struck: 1 }]);
});

test('nth alone strikes once, with times that often from there on', () => {
  const pattern = (match: FaultRule['match']): string => {
    const { hub } = newHub();
    hub.faults.add({ ...drop, match });
    return Array.from({ length: 6 }, () => (hub.before(report) ? 'x' : '.')).join('');
  };
  expect(pattern({ nth: 3 })).toBe('..x...');
  expect(pattern({ nth: 3, times: 2 })).toBe('..xx..');
  expect(pattern({ times: 2 })).toBe('xx....');
  expect(pattern({})).toBe('xxxxxx');
});

test('a window opens and closes on the hub clock', () => {
  const { hub, clock } = newHub();
  hub.faults.add({ ...drop, window: { afterMs: 1000, durationMs: 500 } });
  const struck = [0, 999, 1, 499, 1].map((ms) => {
    clock.advance(ms);
    return hub.before(report) !== undefined;
  });
  expect(struck).toEqual([false, false, true, true, false]);
});

test('chance comes from the seed: two hubs of one seed fail alike', () => {
  const run = (): boolean[] => {
    const { hub } = newHub();
    hub.faults.add({ ...drop, match: { probability: 0.5 } });
    return Array.from({ length: 40 }, () => hub.before(report) !== undefined);
  };
  expect(run()).toEqual(run());
  expect(new Set(run())).toEqual(new Set([true, false]));
});

test('a star stands for any text, and nothing else is special', () => {
  const hits = (path: string, asked: string): boolean => {
    const { hub } = newHub();
    hub.faults.add({ ...drop, match: { path } });
    return hub.before({ type: 'rest', protocol: 'rest', path: asked }) !== undefined;
  };
  expect(hits('/twins/*', '/twins/d1')).toBe(true);
  expect(hits('/twins/*/methods', '/twins/d1/methods')).toBe(true);
  expect(hits('/twins/*/methods', '/twins/d1')).toBe(false);
  expect(hits('/twins/d.', '/twins/d1')).toBe(false);
  expect(hits('*', '')).toBe(true);
});

test('a handshake is struck only by a rule that names it, since it has no identity yet', () => {
  const { hub } = newHub();
  hub.faults.add({ ...drop, id: 'all' });
  expect(hub.before({ type: 'handshake' })).toBeUndefined();
  expect(hub.faults.concern('handshake')).toBe(false);
  hub.faults.add({ id: 'tls', match: { operation: 'handshake' }, effect: { type: 'refuseCertificate' } });
  expect(hub.before({ type: 'handshake' })).toEqual({ type: 'refuseCertificate' });
  expect(hub.faults.concern('handshake')).toBe(true);
});

test('reset brings back the rules of the beginning, as if they had never struck', () => {
  const { hub } = newHub({ faults: [{ ...drop, id: 'first', match: { times: 1 } }] });
  expect(hub.before(report)).toEqual({ type: 'drop' });
  hub.faults.add({ ...drop, id: 'later' });
  hub.faults.reset();
  expect(hub.faults.list()).toMatchObject([{ id: 'first', matched: 0, struck: 0 }]);
});
