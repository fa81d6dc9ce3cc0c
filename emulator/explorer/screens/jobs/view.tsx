import { messageOf } from '../../api/client.ts';
import type { Job } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Pill, type Tone } from '../../parts/card.tsx';
import { DiffersFromAzure } from '../../parts/differences.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { standsStill } from '../../state/marks.ts';
import { useReloading } from '../../state/use-reloading.ts';
import { JobDetail } from './detail.tsx';
import { JobForm } from './form.tsx';

/** Jobs: what was scheduled, and how far each device is. */
export const Screen = () => {
  const app = useApp();
  const jobs = useReloading(
    () => app.service.jobs(),
    ({ type }) => type === 'job.changed',
  );
  const [, open] = app.navigation.location.value.path;
  const list = [...(jobs.value.value ?? [])].sort((a, b) => (b.createdTime ?? '').localeCompare(a.createdTime ?? ''));
  const opened = list.find(({ jobId }) => jobId === open);
  return (
    <>
      <div class="title">
        <div class="row">
          <h1>Jobs</h1>
          <DiffersFromAzure topic="jobs" />
        </div>
        <Button kind="primary" run={() => app.navigation.go(linkTo(app, ['jobs', 'new']))}>
          New job
        </Button>
      </div>
      {jobs.error.value !== undefined && <Problem>{messageOf(jobs.error.value)}</Problem>}
      {open === 'new' && (
        <JobForm done={(id) => app.navigation.go(linkTo(app, id === undefined ? ['jobs'] : ['jobs', id]))} />
      )}
      {list.some(isOpen) && standsStill(app.marks) && (
        <p class="banner">
          The hub’s clock stands still, and jobs with it. <a href={linkTo(app, ['clock'])}>Advance the clock</a>
        </p>
      )}
      <section class="card" aria-label="Jobs">
        {list.length === 0 ? (
          <Empty title="No job yet.">
            A job changes twins of, or calls a method on, all devices that fit a condition.
          </Empty>
        ) : (
          <Table list={list} />
        )}
      </section>
      {opened !== undefined && <JobDetail key={opened.jobId} job={opened} />}
    </>
  );
};

const isOpen = ({ status }: Job): boolean => status === 'queued' || status === 'scheduled' || status === 'running';

const TONES: Readonly<Record<string, Tone>> = {
  completed: 'good',
  failed: 'bad',
  cancelled: 'warn',
  running: 'accent',
};

const Table = ({ list }: { list: readonly Job[] }) => (
  <table class="table">
    <thead>
      <tr>
        <th>job</th>
        <th>does</th>
        <th>condition</th>
        <th>status</th>
        <th>devices</th>
        <th>starts</th>
      </tr>
    </thead>
    <tbody>
      {list.map((job) => (
        <Line key={job.jobId} job={job} />
      ))}
    </tbody>
  </table>
);

const Line = ({ job }: { job: Job }) => {
  const tone = TONES[job.status];
  return (
    <tr>
      <td>
        <a href={linkTo(useApp(), ['jobs', job.jobId])}>
          <Code value={job.jobId} most={60} />
        </a>
      </td>
      <td>{workText(job)}</td>
      <td>
        <Code value={job.queryCondition || '—'} />
      </td>
      <td>{tone === undefined ? <Pill>{job.status}</Pill> : <Pill tone={tone}>{job.status}</Pill>}</td>
      <td>{progressText(job)}</td>
      <td class="muted">
        <Ago at={job.startTime} />
      </td>
    </tr>
  );
};

const workText = ({ type, cloudToDeviceMethod }: Job): string =>
  type === 'scheduleDeviceMethod'
    ? `calls ${cloudToDeviceMethod?.methodName ?? 'a method'}`
    : type === 'scheduleUpdateTwin'
      ? 'updates twins'
      : type;

const progressText = ({ deviceJobStatistics: counts }: Job): string =>
  counts === undefined
    ? '—'
    : `${counts.succeededCount} of ${counts.deviceCount}${counts.failedCount > 0 ? `, ${counts.failedCount} failed` : ''}`;
