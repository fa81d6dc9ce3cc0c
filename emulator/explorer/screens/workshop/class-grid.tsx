import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../../api/client.ts';
import type { ClassState, Student } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { CopyLine } from '../../parts/copy.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { useApp } from '../../state/app.ts';
import { createResource, type Resource } from '../../state/resource.ts';
import { exact } from '../../text/time.ts';
import { hrefOf } from '../../url/location.ts';
import { ClassTools } from './class-tools.tsx';

const EVERY_MS = 1000;

/** The teacher's view: students and steps, who is here, who is refused; and what to do to the hubs of some or all. */
export const ClassGrid = () => {
  const { client } = useApp();
  const chosen = useSignal<ReadonlySet<string>>(new Set());
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
      <ClassTools
        {...targetsOf(found.students, chosen.value)}
        hasVirtualClock={found.clock === 'virtual'}
        reload={state.reload}
      />
      <Grid found={found} state={state} chosen={chosen} />
    </>
  );
};

/** Those that are chosen; all if none is. */
const targetsOf = (all: readonly Student[], chosen: ReadonlySet<string>) => {
  const some = all.filter(({ hub }) => chosen.has(hub));
  const students = some.length === 0 ? all : some;
  if (students.length === all.length) return { students, whom: 'All students' };
  return { students, whom: students.length === 1 ? (students[0]?.name ?? '') : `${students.length} students` };
};

interface GridProps {
  readonly found: ClassState;
  readonly state: Resource<ClassState>;
  readonly chosen: Signal<ReadonlySet<string>>;
}

const Grid = ({ found, state, chosen }: GridProps) => (
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
          {found.clock === 'virtual' && <th class="narrow-hide">time</th>}
          <th class="narrow-hide">faults</th>
          <th class="left">last refusal</th>
          <th>
            <span class="out-of-sight">actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {found.students.map((student) => (
          <Row
            key={student.hub}
            student={student}
            state={state}
            chosen={chosen}
            hasVirtualClock={found.clock === 'virtual'}
          />
        ))}
      </tbody>
    </table>
  </Card>
);

interface RowProps extends Omit<GridProps, 'found'> {
  readonly student: Student;
  readonly hasVirtualClock: boolean;
}

const Row = ({ student, state, chosen, hasVirtualClock }: RowProps) => {
  const { client, notices } = useApp();
  const toggle = () => {
    const others = new Set(chosen.value);
    if (!others.delete(student.hub)) others.add(student.hub);
    chosen.value = others;
  };
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
        <input
          class="choice"
          type="checkbox"
          aria-label={`Choose ${student.name}`}
          checked={chosen.value.has(student.hub)}
          onChange={toggle}
        />
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
      {hasVirtualClock && <td class="mono small narrow-hide">{exact(Date.parse(student.now)).slice(0, 16)}</td>}
      <td class="narrow-hide">{student.faults > 0 && <Pill tone="warn">{student.faults}</Pill>}</td>
      <td class="bad left">{student.lastRefusal !== undefined && <Text value={student.lastRefusal} />}</td>
      <td>
        <Button kind="link" run={reset}>
          start over
        </Button>
      </td>
    </tr>
  );
};
