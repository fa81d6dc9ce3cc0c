import { expect, test } from 'vitest';
import { costPerThousand, type Expression, expressionsIn, hardTexts } from '../support/house/expressions.ts';

const SIZE = 65_536;
// one that is linear takes 1 to 30 µs; one that is quadratic tens of thousands
const MOST_MICROSECONDS = 500;

/** The cost of each text, and which one is the worst. */
const worst = (expression: Expression, size: number): { readonly cost: number; readonly index: number } => {
  const costs = hardTexts(expression, size).map((text) => costPerThousand(expression, text));
  const cost = costs.reduce((most, one) => Math.max(most, one), 0);
  return { cost, index: costs.indexOf(cost) };
};

const found = expressionsIn(['emulator', 'protocol', 'clients']);

test('no expression of the product takes longer than in proportion to the length of a text of 64 KB', () => {
  // a text of 2 KB finds those that are quadratic without waiting seconds for each; the worst of them counts at 64 KB
  const small = found.map((expression) => ({ expression, ...worst(expression, SIZE / 32) }));
  const slow = small.filter(({ cost }) => cost > MOST_MICROSECONDS);
  expect(slow.map(({ expression }) => expression.where)).toEqual([]);
  const costs = small.map(({ expression, index }) => ({
    where: expression.where,
    cost: costPerThousand(expression, hardTexts(expression, SIZE)[index] ?? ''),
  }));
  expect(costs.filter(({ cost }) => cost > MOST_MICROSECONDS)).toEqual([]);
  if (process.env.IOTHUB_FIGURES !== undefined)
    for (const { where, cost } of costs.sort((a, b) => b.cost - a.cost))
      process.stdout.write(`${cost.toFixed(1).padStart(8)} µs per 1,000 characters  ${where}\n`);
});

test.each([/\/+$/, /^\d+\.?\d*$/, /\s*,\s*$/])('%s is found to be slow', (pattern) => {
  expect(worst({ where: '', pattern }, SIZE / 32).cost).toBeGreaterThan(MOST_MICROSECONDS);
});
