import type { Explanation } from '../../api/types.ts';

/** How the hub found the rows: `12 rows · 0.4 ms · index on tags.location.plant, 14 examined`. */
export const planText = (explanation: Explanation | undefined, rows: number | undefined, hasMore: boolean): string => {
  if (explanation === undefined) return '';
  const counted =
    rows === undefined
      ? []
      : [`${rows.toLocaleString('en')}${hasMore ? ' or more' : ''} row${rows === 1 && !hasMore ? '' : 's'}`];
  return [...counted, `${explanation.ms.toFixed(1)} ms`, PLANS[explanation.plan](explanation)].join(' · ');
};

const PLANS: Readonly<Record<Explanation['plan'], (explanation: Explanation) => string>> = {
  scan: ({ examined, candidates }) =>
    examined < candidates
      ? `no index helps: stopped after ${count(examined)} of ${count(candidates)}`
      : `no index helps: all ${count(examined)} examined`,
  index: ({ index, examined }) => `index on ${index.join(' and ')}, ${count(examined)} examined`,
  key: () => 'found by id',
  counts: ({ index }) => `counted by the index on ${index.join(' and ')}`,
};

const count = (value: number): string => value.toLocaleString('en');
