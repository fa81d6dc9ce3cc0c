import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { ClassState, Student } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import { hrefOf } from '../../url/location.ts';

const EVERY_MS = 1000;

/** The teacher's view: students and steps, who is here, who is refused. */
export const ClassGrid = () => {
  const { client } = useApp();
  const state = useMemo(() => createResource(() => client.get<ClassState>('/class')), []);
  useEffect(() => {
    void state.reload();
    // students work on hubs of their own, whose events do not come here
    const timer = setInterval(() => void state.reload(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const found = state.value.value;
  if (state.error.value !== undefined) return <Problem>{messageOf(state.error.value)}</Problem>;
  if (found === undefined) return null;
  return (
    <>
      <div class="title">
        <h1>The class</h1>
        <div class="row">
          <Pill>
            {found.students.filter(({ isHere }) => isHere).length} of {found.students.length} students are here
          </Pill>
          <Button run={() => document.documentElement.toggleAttribute('data-projector')}>Projector</Button>
        </div>
      </div>
      <CopyLine label="the address for students" text={found.joinUrl} />
      <Grid found={found} state={state} />
    </>
  );
};

const Grid = ({ found, state }: { found: ClassState; state: Resource<ClassState> }) => (
  <Card title={found.lesson} flush>
    <table class="table class">
      <thead>
        <tr>
          <th>student</th>
          {found.steps.map((step, index) => (
            <th key={step} title={step}>
              {index + 1}
            </th>
          ))}
          <th class="left">last refusal</th>
          <th>
            <span class="out-of-sight">actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {found.students.map((student) => (
          <Row key={student.hub} student={student} state={state} />
        ))}
      </tbody>
    </table>
  </Card>
);

const Row = ({ student, state }: { student: Student; state: Resource<ClassState> }) => {
  const { client, notices } = useApp();
  const reset = () =>
    notices.run(
      () =>
        client
          .send(`/hubs/${student.hub}/reset`, { method: 'POST', body: { dropConnections: true } })
          .then(state.reload),
      `${student.name} starts over.`,
    );
  return (
    <tr>
      <td>
        <a class="device" href={hrefOf(student.hub, ['overview'])}>
          <span class={student.isHere ? 'dot on' : 'dot'} />
          <Text value={student.name} />
        </a>
      </td>
      {student.done.map((isDone, index) => (
        // steps have no other name
        <td key={`step ${index + 1}`}>
          <span class={isDone ? 'mark good' : 'mark'}>{isDone ? '✓' : '·'}</span>
          <span class="out-of-sight">{isDone ? 'done' : 'open'}</span>
        </td>
      ))}
      <td class="bad left">{student.lastRefusal !== undefined && <Text value={student.lastRefusal} />}</td>
      <td>
        <Button kind="link" run={reset}>
          start over
        </Button>
      </td>
    </tr>
  );
};
