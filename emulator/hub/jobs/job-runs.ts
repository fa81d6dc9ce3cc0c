import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import { Table } from '../../kernel/table.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { Actors } from '../history/actors.ts';
import type { MethodOutcome, Methods } from '../messaging/methods.ts';
import { jobSelection, type Selection } from '../selection.ts';
import type { Twins } from '../twins/twins.ts';
import { type DeviceJob, failedWith, newDeviceJob, rowKey } from './device-job.ts';
import { deadlineOf, type Job, withoutDeviceId } from './job.ts';
import type { JobPace } from './job-pace.ts';
import type { JobParts } from './job-parts.ts';
import type { DeviceJobStatistics } from './job-schema.ts';
import { counted, countOf, NO_DEVICES } from './job-statistics.ts';

/** How far a running job is. */
export interface JobRun {
  /** The next slot of the fleet to look at, undefined once all targets are found. */
  readonly slot: number | undefined;
  /** The index of the next target. */
  readonly next: number;
  readonly statistics: DeviceJobStatistics;
}

type OpenRun = { -readonly [K in keyof JobRun]: JobRun[K] } & {
  readonly job: Job;
  readonly selection: Selection;
  /** Devices and modules in the order of the job's rows. */
  readonly targets: IdentityKey[];
};

// a job works in steps of some milliseconds, so that other work gets its turn in between
const ROWS_PER_STEP = 1000;
const TARGETS_PER_STEP = 100;

/** Room: running jobs, device by device. */
export class JobRuns {
  /** `devices.jobs`: what each job did to each device, by `rowKey`. */
  readonly rows = new Table<DeviceJob>();
  readonly #fleet: FleetView;
  readonly #twins: Twins;
  readonly #methods: Methods;
  readonly #actors: Actors;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #pace: JobPace;
  readonly #ended: (job: Job, statistics: DeviceJobStatistics) => void;
  readonly #runs = new StateMap<JobRun>();
  readonly #open = new Map<string, OpenRun>();

  /** `ended` is called for each run that is over. */
  constructor(parts: JobParts & { pace: JobPace }, ended: (job: Job, statistics: DeviceJobStatistics) => void) {
    this.#fleet = parts.fleet;
    this.#twins = parts.twins;
    this.#methods = parts.methods;
    this.#actors = parts.actors;
    this.#scheduler = parts.scheduler;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#pace = parts.pace;
    this.#ended = ended;
    this.#scheduler.on('job.step', (jobId) => this.#step(jobId));
    this.#scheduler.on('job.deadline', (jobId) => this.#expire(jobId));
  }

  get spaces() {
    return [keySpace('job-rows', this.rows), keySpace('job-runs', this.#runs)];
  }

  /** A job that begins late has all of its time then. Throws ArgumentInvalid for a condition that cannot be read. */
  begin(job: Job): void {
    const selection = jobSelection(job.queryCondition, this.#limits);
    const run = { job, selection, targets: [], slot: 0, next: 0, statistics: NO_DEVICES };
    this.#open.set(job.jobId, run);
    this.#keep(run);
    const at = deadlineOf({ ...job, startAt: this.#clock.now() });
    this.#scheduler.put({ at, kind: 'job.deadline', key: job.jobId });
    this.#again(job.jobId);
  }

  statistics(jobId: string): DeviceJobStatistics | undefined {
    return this.#open.get(jobId)?.statistics;
  }

  /** Takes a row as it is; the caller publishes the event. */
  load(row: DeviceJob): void {
    this.rows.set(rowKey(row), row);
  }

  /** Removes the rows of a job. */
  forget(jobId: string): void {
    for (const row of this.rows.rows()) if (row.jobId === jobId) this.rows.delete(rowKey(row));
  }

  /** Removes all rows. */
  clear(): void {
    for (const row of this.rows.rows()) this.rows.delete(rowKey(row));
  }

  /** Call after runs were loaded or restored; `find` gives a job by its id. */
  resume(find: (jobId: string) => Job | undefined): void {
    this.#open.clear();
    for (const { key: jobId, value } of this.#runs.entries()) {
      const job = find(jobId);
      if (job === undefined) continue;
      const selection = jobSelection(job.queryCondition, this.#limits);
      this.#open.set(jobId, { ...value, job, selection, targets: this.#targetsOf(jobId) });
    }
  }

  #targetsOf(jobId: string): IdentityKey[] {
    const rows = [...this.rows.rows()].filter((row) => row.jobId === jobId);
    return rows.sort((a, b) => a.order - b.order).map(({ key }) => key);
  }

  #keep(run: OpenRun): void {
    const { job, slot, next, statistics } = run;
    if (this.#open.get(job.jobId) === run) this.#runs.set(job.jobId, { slot, next, statistics });
  }

  #step(jobId: string): void {
    const run = this.#open.get(jobId);
    if (run === undefined) return;
    let wait = 0;
    if (run.slot !== undefined) this.#find(run, run.slot);
    else wait = this.#act(run);
    this.#keep(run);
    if (run.slot !== undefined || run.next < run.targets.length) this.#again(jobId, wait);
    else this.#endIfDone(run);
  }

  #again(jobId: string, wait = 0): void {
    this.#scheduler.put({ at: this.#clock.now() + wait, kind: 'job.step', key: jobId });
  }

  #find(run: OpenRun, slot: number): void {
    const { job, selection } = run;
    const table = selection.from === 'devices' ? this.#fleet.devices : this.#fleet.modules;
    const end = Math.min(slot + ROWS_PER_STEP, table.end);
    const before = run.targets.length;
    for (let at = slot; at < end; at++) {
      const member = table.at(at);
      if (member === undefined || !selection.matches(member)) continue;
      const row = newDeviceJob(job, member.key, { now: this.#clock.now(), order: run.targets.length });
      this.rows.set(rowKey(row), row);
      run.targets.push(member.key);
    }
    const found = run.targets.length - before;
    run.statistics = counted(run.statistics, { deviceCount: found, pendingCount: found });
    run.slot = end < table.end ? end : undefined;
  }

  /** Returns how long the next target has to wait, in ms. */
  #act(run: OpenRun): number {
    const end = Math.min(run.next + TARGETS_PER_STEP, run.targets.length);
    for (; run.next < end; run.next++) {
      const wait = this.#pace.takeTurn(run.job.work);
      if (wait > 0) return wait;
      const key = run.targets[run.next];
      const row = key === undefined ? undefined : this.#row(run, key);
      if (row !== undefined) this.#process(run, row);
    }
    return 0;
  }

  #process(run: OpenRun, row: DeviceJob): void {
    const { work, jobId } = run.job;
    try {
      switch (work.type) {
        case 'scheduleUpdateTwin':
          this.#actors.as({ kind: 'job', id: jobId }, () =>
            this.#twins.patch(row.key, withoutDeviceId(work.updateTwin)),
          );
          this.#settle(run, { ...row, status: 'completed', updatedAt: this.#clock.now() });
          break;
        case 'scheduleDeviceMethod':
          // before the call: a device in this process may answer within it
          this.#settle(run, { ...row, status: 'running', updatedAt: this.#clock.now() });
          this.#methods.call(row.key, work.method, (outcome) => this.receive(jobId, row.key, outcome), jobId);
          break;
        default:
          work satisfies never;
      }
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#settle(run, failedWith(row, error, this.#clock.now()));
    }
  }

  /** A device's answer, unless the job ended before. */
  receive(jobId: string, key: IdentityKey, outcome: MethodOutcome): void {
    const [run, row] = [this.#open.get(jobId), this.rows.find(rowKey({ jobId, key }))];
    if (run === undefined || row?.status !== 'running') return;
    const now = this.#clock.now();
    this.#settle(
      run,
      outcome instanceof HubError
        ? failedWith(row, outcome, now)
        : { ...row, status: 'completed', updatedAt: now, answer: outcome },
    );
    this.#keep(run);
    this.#endIfDone(run);
  }

  /** Devices that are not done when the time is up have failed; the job as a whole is completed. */
  #expire(jobId: string): void {
    const run = this.#open.get(jobId);
    if (run === undefined) return;
    const late = new HubError(
      'JobRunPreconditionFailed',
      'The device was not done within the execution time of the job.',
    );
    for (const key of run.targets) {
      const row = this.#row(run, key);
      if (row?.status === 'pending' || row?.status === 'running')
        this.#settle(run, failedWith(row, late, this.#clock.now()));
    }
    this.#end(run);
  }

  #endIfDone(run: OpenRun): void {
    if (run.slot === undefined && run.next === run.targets.length && run.statistics.runningCount === 0) this.#end(run);
  }

  #end(run: OpenRun): void {
    const { job, statistics } = run;
    this.#open.delete(job.jobId);
    this.#runs.delete(job.jobId);
    this.#scheduler.remove('job.step', job.jobId);
    this.#scheduler.remove('job.deadline', job.jobId);
    this.#ended(job, statistics);
  }

  #row(run: OpenRun, key: IdentityKey): DeviceJob | undefined {
    return this.rows.find(rowKey({ jobId: run.job.jobId, key }));
  }

  #settle(run: OpenRun, row: DeviceJob): void {
    const before = this.#row(run, row.key);
    run.statistics = counted(run.statistics, { ...countOf(before, -1) });
    run.statistics = counted(run.statistics, { ...countOf(row, 1) });
    this.rows.set(rowKey(row), row);
  }
}
