import { useEffect } from 'preact/hooks';
import type { ActiveFault } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Pill } from '../../parts/card.tsx';
import { Text } from '../../parts/text.tsx';
import { type App, useApp } from '../../state/app.ts';
import { duration } from '../../text/time.ts';
import { FaultForm } from './form.tsx';
import { IndexCard } from './index-card.tsx';
import { ruleSentence } from './sentence.ts';

/** What goes wrong on purpose: the rules as sentences, and a form that makes one from what goes wrong in the field. */
export const Screen = () => {
  const app = useApp();
  const faults = app.marks.faults.value;
  useEffect(() => void app.marks.reload(), []);
  return (
    <>
      <div class="title">
        <h1>Faults</h1>
        {faults.length > 0 && <Button run={() => remove(app)}>Remove all</Button>}
      </div>
      <section class="card" aria-label="Rules">
        {faults.length === 0 ? (
          <Empty title="Nothing goes wrong on purpose.">
            Choose below what should, and see how your programs cope.
          </Empty>
        ) : (
          <ul class="rules">
            {faults.map((fault) => (
              <Rule key={fault.id} fault={fault} />
            ))}
          </ul>
        )}
      </section>
      <FaultForm />
      <IndexCard />
    </>
  );
};

const Rule = ({ fault }: { fault: ActiveFault }) => {
  const app = useApp();
  return (
    <li>
      <Pill tone="warn">{fault.id}</Pill>
      <span class="grow">
        <Text value={`${ruleSentence(fault)}.`} />
        <span class="faint small">
          {' '}
          matched {fault.matched}, struck {fault.struck} · for {duration(Math.max(0, app.now.value - fault.addedAt))}
        </span>
      </span>
      <Button run={() => remove(app, fault.id)}>Remove</Button>
    </li>
  );
};

const remove = ({ client, marks, notices }: App, id?: string): Promise<boolean> =>
  notices.run(
    () =>
      client
        .send(id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`, { method: 'DELETE' })
        .then(marks.reload),
    id === undefined ? 'All faults were removed.' : `Fault “${id}” was removed.`,
  );
