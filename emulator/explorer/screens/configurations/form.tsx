import { type Signal, useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import type { Configuration } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConditionField } from '../../parts/condition-field.tsx';
import { AreaField, NumberField, TextField } from '../../parts/fields.tsx';
import { JsonField } from '../../parts/json-field.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { bodyOf, draftOf, NEW_DRAFT } from './data.ts';
import { Outcome, useDryRun } from './dry-run.tsx';

interface FormProps {
  /** Undefined for a new one. */
  readonly edited: Configuration | undefined;
  readonly done: () => void;
}

/** Makes a configuration, or changes or deletes one. */
export const ConfigurationForm = ({ edited, done }: FormProps) => {
  const app = useApp();
  const form = useForm(edited);
  const problem = useSignal('');
  const tried = useDryRun('configuration', () => bodyIn(form));
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await app.service.putConfiguration(form.id.value, bodyIn(form), edited === undefined ? undefined : '*');
      app.notices.say(`Configuration “${form.id.value}” was saved.`);
      done();
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  const remove = async () => {
    if (await app.notices.run(() => app.service.deleteConfiguration(form.id.value), 'Deleted.')) done();
  };
  return (
    <Card title={edited === undefined ? 'New configuration' : `Configuration ${edited.id}`}>
      <form class="stack" onSubmit={save}>
        <Fields form={form} isNew={edited === undefined} />
        {problem.value !== '' && <Problem>{problem.value}</Problem>}
        <div class="row">
          <Button kind="primary" submit>
            Save
          </Button>
          {tried !== undefined && <Button run={tried.run}>Try first</Button>}
          {edited !== undefined && (
            <Button kind="danger" run={remove}>
              Delete
            </Button>
          )}
          <Button kind="plain" run={done}>
            Close
          </Button>
        </div>
        {tried !== undefined && <Outcome tried={tried} />}
      </form>
    </Card>
  );
};

interface Form {
  readonly id: Signal<string>;
  readonly condition: Signal<string>;
  readonly priority: Signal<number>;
  readonly content: Signal<string>;
  readonly metrics: Signal<string>;
}

const useForm = (edited: Configuration | undefined): Form => {
  const first = edited === undefined ? NEW_DRAFT : draftOf(edited);
  return {
    id: useSignal(first.id),
    condition: useSignal(first.targetCondition),
    priority: useSignal(first.priority),
    content: useSignal(first.content),
    metrics: useSignal(first.metrics),
  };
};

const bodyIn = ({ id, condition, priority, content, metrics }: Form) =>
  bodyOf({
    id: id.value,
    targetCondition: condition.value,
    priority: priority.value,
    content: content.value,
    metrics: metrics.value,
  });

const Fields = ({ form, isNew }: { form: Form; isNew: boolean }) => (
  <div class="two-parts">
    <div class="stack">
      <div class="fields">
        <TextField label="Id (small letters, digits, - + % _ * ! ')" value={form.id} mono required disabled={!isNew} />
        <NumberField label="Priority (the highest wins)" value={form.priority} />
      </div>
      <ConditionField label="Target condition" kind="targetCondition" text={form.condition} />
      <AreaField
        label="Custom metrics, one a line: name: SELECT deviceId FROM devices WHERE …"
        value={form.metrics}
        rows={3}
      />
    </div>
    <JsonField label="Device twin properties: content by path" text={form.content} rows={10} />
  </div>
);
