import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import { useApp } from '../state/app.ts';

interface ConditionFieldProps {
  readonly label: string;
  readonly kind: 'targetCondition' | 'jobCondition';
  readonly text: Signal<string>;
}

const STILL_MS = 250;

/** A condition on twins; says while it is typed which devices it would hit now. */
export const ConditionField = ({ label, kind, text }: ConditionFieldProps) => {
  const { value } = text;
  const { client } = useApp();
  const hits = useSignal<readonly string[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (value.trim() === '') return;
    const timer = setTimeout(async () => {
      try {
        hits.value = (
          await client.send<{ ids: readonly string[] }>('/evaluate', { method: 'POST', body: { kind, text: value } })
        ).ids;
        problem.value = undefined;
      } catch (error) {
        problem.value = messageOf(error);
      }
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [value, kind]);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="mono"
        spellcheck={false}
        value={value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        placeholder="tags.location.plant = 'Redmond43'"
      />
      <span class={problem.value === undefined ? 'faint small' : 'bad small'} role="status">
        {problem.value ?? (value.trim() === '' || hits.value === undefined ? 'Hits no device.' : hitText(hits.value))}
      </span>
    </label>
  );
};

const hitText = (ids: readonly string[]): string => {
  if (ids.length === 0) return 'Hits no device now.';
  const some = ids.slice(0, 4).join(', ');
  return `Hits ${ids.length.toLocaleString('en')} now: ${some}${ids.length > 4 ? ', …' : ''}`;
};
