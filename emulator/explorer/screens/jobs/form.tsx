import { type Signal, useSignal } from '@preact/signals';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConditionField } from '../../parts/condition-field.tsx';
import { NumberField, SelectField, TextField } from '../../parts/fields.tsx';
import { JsonField } from '../../parts/json-field.tsx';
import { Problem } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { Outcome, useDryRun } from '../configurations/dry-run.tsx';
import { type JobDraft, jobBody, newJobId } from './data.ts';

/** Schedules a job. */
export const JobForm = ({ done }: { done: (id?: string) => void }) => {
  const app = useApp();
  const form = useForm();
  const problem = useSignal('');
  const body = () => bodyIn(form, app.marks.now());
  const tried = useDryRun('job', body);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      const id = newJobId();
      await app.service.putJob(id, { jobId: id, ...body() });
      done(id);
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  return (
    <Card title="New job">
      <form class="stack" onSubmit={save}>
        <Fields form={form} />
        {problem.value !== '' && <Problem>{problem.value}</Problem>}
        <div class="row">
          <Button kind="primary" submit>
            Schedule
          </Button>
          {tried !== undefined && <Button run={tried.run}>Try first</Button>}
          <Button kind="plain" run={() => done()}>
            Close
          </Button>
        </div>
        {tried !== undefined && <Outcome tried={tried} />}
      </form>
    </Card>
  );
};

interface Form {
  readonly type: Signal<JobDraft['type']>;
  readonly condition: Signal<string>;
  readonly patch: Signal<string>;
  readonly payload: Signal<string>;
  readonly method: Signal<string>;
  readonly startIn: Signal<number>;
}

const useForm = (): Form => ({
  type: useSignal<JobDraft['type']>('scheduleUpdateTwin'),
  condition: useSignal("tags.building = '43'"),
  patch: useSignal('{\n  "tags": { "floor": 3 }\n}'),
  payload: useSignal('{}'),
  method: useSignal(''),
  startIn: useSignal(0),
});

const bodyIn = ({ type, condition, patch, payload, method, startIn }: Form, now: number) =>
  jobBody({
    type: type.value,
    queryCondition: condition.value,
    content: type.value === 'scheduleUpdateTwin' ? patch.value : payload.value,
    methodName: method.value,
    startAt: now + startIn.value * 60_000,
  });

const TYPES = [
  ['scheduleUpdateTwin', 'Update twins'],
  ['scheduleDeviceMethod', 'Call a method'],
] as const;

const Fields = ({ form }: { form: Form }) => {
  const isUpdate = form.type.value === 'scheduleUpdateTwin';
  return (
    <div class="two-parts">
      <div class="stack">
        <div class="fields">
          <SelectField label="What it does" value={form.type} options={TYPES} />
          {!isUpdate && <TextField label="Method name" value={form.method} mono required />}
          <NumberField label="Starts in, minutes of the hub’s clock" value={form.startIn} />
        </div>
        <ConditionField label="Condition" kind="jobCondition" text={form.condition} />
      </div>
      {isUpdate ? (
        <JsonField label="Patch of the twins" text={form.patch} rows={7} />
      ) : (
        <JsonField label="Payload" text={form.payload} rows={7} />
      )}
    </div>
  );
};
