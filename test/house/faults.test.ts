import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULT_OPERATIONS, FaultEffect, FaultMatch, FaultRule } from '../../protocol/fault.ts';

const text = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');

test('docs/faults.md names every operation, every effect, and every condition of a rule', () => {
  const effects = FaultEffect.unwrap().options.map(({ shape }) => shape.type.value);
  const names = [...FAULT_OPERATIONS, ...effects, ...Object.keys(FaultMatch.unwrap().shape)];
  expect(names.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`\`${name}, `))).toEqual([]);
});

test('the rules in docs/faults.md are valid', () => {
  const rules = [...text.matchAll(/'(\{"match".*\})'/g)].map(([, rule = '']) => JSON.parse(rule));
  expect(rules.length).toBeGreaterThan(1);
  for (const rule of rules) expect(FaultRule.safeParse(rule).error).toBeUndefined();
});
