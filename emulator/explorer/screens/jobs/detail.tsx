import { useEffect, useMemo } from 'preact/hooks';
import type { Json } from '../../../../protocol/json.ts';
import { messageOf } from '../../api/client.ts';
import type { DeviceJob, Job } from '../../api/documents.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Pill } from '../../parts/card.tsx';
import { Block, Code, Problem } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { valueText } from '../../text/sentences.ts';

/** One job: what it does, and what became of each device. */
export const JobDetail = ({ job }: { job: Job }) => {
  const { service, stream, notices } = useApp();
  const devices = useMemo(
    () => createResource(async () => (await service.query(service.deviceJobs(job.jobId))).rows),
    [job.jobId],
  );
  useEffect(() => {
    void devices.reload();
    return stream.listen(({ events }) => {
      if (events.some(({ type }) => type === 'job.changed')) void devices.reload();
    });
  }, [devices]);
  const isOpen = ['queued', 'scheduled', 'running'].includes(job.status);
  return (
    <Card
      title={`Job ${job.jobId}`}
      aside={
        isOpen && <Button run={() => notices.run(() => service.cancelJob(job.jobId), 'Cancelled.')}>Cancel job</Button>
      }
    >
      <div class="columns-2">
        <div class="stack">
          {job.failureReason !== undefined && <Problem>{job.failureReason}</Problem>}
          {devices.error.value !== undefined && <Problem>{messageOf(devices.error.value)}</Problem>}
          <DeviceTable rows={devices.value.value ?? []} />
        </div>
        <Block label="Job" value={JSON.stringify(job, null, 2)} />
      </div>
    </Card>
  );
};

const DeviceTable = ({ rows }: { rows: readonly Json[] }) => {
  const app = useApp();
  const devices = rows as unknown as readonly DeviceJob[]; // rows of devices.jobs
  if (devices.length === 0) return <p class="faint">No device yet.</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th>device</th>
          <th>status</th>
          <th>outcome</th>
        </tr>
      </thead>
      <tbody>
        {devices.map(({ deviceId, status, error, outcome }) => (
          <tr key={deviceId} class={status === 'failed' ? 'alarm' : undefined}>
            <td>
              <a href={linkTo(app, ['devices', deviceId])}>
                <Code value={deviceId} />
              </a>
            </td>
            <td>
              <Pill>{status}</Pill>
            </td>
            <td>
              {error === undefined ? (
                <Code value={valueText(outcome, 120)} />
              ) : (
                `${error.code ?? ''} ${error.description ?? ''}`
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
