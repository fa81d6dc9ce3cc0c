import type { ReadonlySignal } from '@preact/signals';
import type { TrafficEntry } from '../../api/types.ts';
import { Card } from '../../parts/card.tsx';
import { Code, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { latestRefusals } from './data.ts';

const MOST_SHOWN = 3;

/** What was refused lately, with cause and remedy: what most people look for here. */
export const Refusals = ({ all }: { all: ReadonlySignal<readonly TrafficEntry[]> }) => {
  const app = useApp();
  const refusals = latestRefusals(all.value, MOST_SHOWN);
  if (refusals.length === 0) return null;
  return (
    <Card title="Refused lately" class="refusals">
      <ul class="stack plain">
        {refusals.map(({ id, at, who, asked, why, remedy }) => (
          <li key={id}>
            <a href={linkTo(app, ['traffic'], { entry: String(id) })}>
              <Code value={who} /> · <Code value={asked} most={80} />
            </a>{' '}
            <span class="faint small">
              <Ago at={at} />
            </span>
            <br />
            <Text value={why ?? 'without a reason'} most={300} />
            {remedy !== undefined && (
              <>
                {' → '}
                <strong>
                  <Text value={remedy} most={300} />
                </strong>
              </>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
};
