import { useSignal } from '@preact/signals';
import type { Request } from '../../api/client.ts';
import type { Student } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { useApp } from '../../state/app.ts';
import { CAUSES } from '../faults/causes.ts';
import { ruleOf } from '../faults/rule.ts';

interface ClassToolsProps {
  readonly students: readonly Student[];
  /** In words. */
  readonly whom: string;
  readonly hasVirtualClock: boolean;
  readonly reload: () => Promise<void>;
}

type Ask = (path: string, request: Request, done: string) => Promise<boolean>;

/** What a teacher does to the hubs of some students. */
export const ClassTools = ({ students, whom, hasVirtualClock, reload }: ClassToolsProps) => {
  const { client, notices } = useApp();
  const ask: Ask = (path, request, done) =>
    notices.run(
      () => Promise.all(students.map(({ hub }) => client.send(`/hubs/${hub}${path}`, request))).then(reload),
      `${whom}: ${done}`,
    );
  return (
    <Card title={whom}>
      <div class="row">
        <Button run={() => ask('/reset', { method: 'POST', body: { dropConnections: true } }, 'from the beginning.')}>
          Start over
        </Button>
        <FaultTool ask={ask} />
        {hasVirtualClock ? (
          <TimeTool ask={ask} />
        ) : (
          <span class="faint small">
            Time goes on by itself: start the class with <code>--clock virtual</code> to move it.
          </span>
        )}
      </div>
    </Card>
  );
};

const OFTEN = [
  ['times', 'once'],
  ['always', 'until removed'],
] as const;

const FaultTool = ({ ask }: { ask: Ask }) => {
  const chosen = useSignal(CAUSES[0]?.id ?? '');
  const often = useSignal<(typeof OFTEN)[number][0]>('times');
  const add = () => {
    const cause = CAUSES.find(({ id }) => id === chosen.value);
    if (cause === undefined) return;
    const rule = ruleOf(cause, { device: '', often: often.value, number: 1, minutes: 0 });
    void ask('/faults', { method: 'POST', body: rule }, `${cause.title}.`);
  };
  return (
    <>
      <SelectField
        label="What goes wrong"
        value={chosen}
        options={CAUSES.map(({ id, title }) => [id, title] as const)}
        inline
      />
      <SelectField label="How often" value={often} options={OFTEN} inline />
      <Button run={add}>Let it happen</Button>
      <Button run={() => ask('/faults', { method: 'DELETE' }, 'no faults.')}>Remove faults</Button>
    </>
  );
};

const STEPS = ['1m', '1h', '1d'];

const TimeTool = ({ ask }: { ask: Ask }) => (
  <>
    <span class="label">Advance by</span>
    {STEPS.map((by) => (
      <Button key={by} run={() => ask('/clock/advance', { method: 'POST', body: { by } }, `${by} later.`)}>
        {by}
      </Button>
    ))}
  </>
);
