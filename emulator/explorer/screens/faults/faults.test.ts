import { expect, test } from 'vitest';
import { FaultRule } from '../../../../protocol/fault.ts';
import { CAUSES } from './causes.ts';
import { ruleOf } from './rule.ts';
import { ruleSentence } from './sentence.ts';

test.each([
  [
    {
      match: { operation: 'twin.report', device: 'thermostat-*', times: 5 },
      effect: { type: 'disconnect', when: 'before' },
    },
    'Ends the connection before it acknowledges a report of thermostat-*, 5 times',
  ],
  [
    { match: { operation: 'connect', times: 1 }, effect: { type: 'error', code: 'ServiceUnavailable' } },
    'Answers ServiceUnavailable to a connect, once',
  ],
  [
    { match: { operation: 'twin.get', nth: 3 }, effect: { type: 'delay', ms: 2000 } },
    'Delays by 2 s a read of the twin, the 3. time only',
  ],
  [
    {
      match: { operation: 'rest', path: '/twins/*', probability: 0.1 },
      effect: { type: 'throttle' },
      window: { afterMs: 0, durationMs: 60_000 },
    },
    'Throttles a request of a service to /twins/*, in 10 % of cases, from now for 1 min',
  ],
  [{ match: { protocol: 'mqtt' }, effect: { type: 'blackHole' } }, 'Falls silent at anything over MQTT'],
] as const)('%j is: %s', (rule, sentence) => {
  expect(ruleSentence(rule)).toBe(sentence);
});

test('every cause makes a rule that the hub takes', () => {
  for (const cause of CAUSES)
    for (const often of ['always', 'times', 'nth', 'chance'] as const) {
      const rule = ruleOf(cause, { device: cause.id === 'certificate' ? '' : 'd*', often, number: 3, minutes: 1 });
      expect(FaultRule.safeParse(rule), cause.id).toMatchObject({ success: true });
    }
});

test('a choice becomes a match', () => {
  const [cause] = CAUSES;
  if (cause === undefined) throw new Error('There are causes');
  expect(ruleOf(cause, { device: ' ', often: 'chance', number: 25, minutes: 0 })).toEqual({
    match: { operation: 'twin.report', probability: 0.25 },
    effect: { type: 'disconnect', when: 'before' },
  });
});
