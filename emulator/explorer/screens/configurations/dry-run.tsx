import { useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { useApp } from '../../state/app.ts';

interface Outcome {
  readonly matched: number;
  readonly changed: number;
  readonly examples: readonly string[];
  /** Configurations of a higher priority that win on some of the devices. */
  readonly overruledBy?: readonly { readonly id: string; readonly devices: number }[];
}

/** Says what saving would do, and does nothing. */
export const DryRun = ({ make }: { make: () => object }) => {
  const { client } = useApp();
  const text = useSignal('');
  const run = async () => {
    try {
      text.value = outcomeText(await client.send<Outcome>('/dry-run', { method: 'POST', body: make() }));
    } catch (error) {
      text.value = messageOf(error);
    }
  };
  return (
    <>
      <Button run={run}>Dry run</Button>
      <span class="small muted" role="status">
        {text.value}
      </span>
    </>
  );
};

const outcomeText = ({ matched, changed, examples, overruledBy = [] }: Outcome): string => {
  const some = examples.length > 0 ? `: ${examples.slice(0, 3).join(', ')}${matched > 3 ? ', …' : ''}` : '';
  const overruled = overruledBy.map(({ id, devices }) => `; ${id} overrules it on ${devices}`).join('');
  return `Would touch ${matched.toLocaleString('en')} devices, change ${changed.toLocaleString('en')}${some}${overruled}`;
};
