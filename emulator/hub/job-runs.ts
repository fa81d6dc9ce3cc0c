import { HubError } from '../../protocol/errors.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { DeviceJobStatistics } from '../../protocol/job.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import { type DeviceJob, failedWith, newDeviceJob, rowKey } from './device-job.ts';
import type { Fleet } from './fleet.ts';
import { deadlineOf, type Job } from './job.ts';
import type { MethodOutcome, Methods } from './methods.ts';
import { jobSelection, type Selection } from './selection.ts';
import { Table } from './table.ts';
import type { Twins } from './twins.ts';

/** How far a running job is, as data. */
export interface JobRun {
  readonly job: Job;
  /** Devices and modules in the order in which they are dealt with. */
  readonly targets: readonly IdentityKey[];
  /** The next slot of the fleet to look at, undefined once all targets are found. */
  readonly slot: number | undefined;
  /** The next target to deal with. */
  readonly next: number;
  readonly statistics: DeviceJobStatistics;
}

type OpenRun = { -readonly [K in keyof JobRun]: JobRun[K] } & {
  readonly targets: IdentityKey[];
  readonly selection: Selection;
};

// steps of a running job, some milliseconds each: others get their turn in between
const ROWS_PER_STEP = 1000;
const TARGETS_PER_STEP = 100;

/** Room: jobs that are running, device by device. */
export class JobRuns {
  /** `devices.jobs`: what each job did to each device, by `rowKey`. */
  readonly rows = new Table<DeviceJob>();
  readonly #fleet: Fleet;
  readonly #twins: Twins;
  readonly #methods: Methods;
  readonly #agenda: Agenda;
  readonly #clock: Clock;
  readonly #ended: (run: JobRun) => void;
  readonly #runs = new Map<string, OpenRun>();

  /** `ended` hears of each run that is over. */
  constructor(
    parts: { fleet: Fleet; twins: Twins; methods: Methods; agenda: Agenda; clock: Clock },
    ended: (run: JobRun) => void,
  ) {
    this.#fleet = parts.fleet;
    this.#twins = parts.twins;
    this.#methods = parts.methods;
    this.#agenda = parts.agenda;
    this.#clock = parts.clock;
    this.#ended = ended;
    this.#agenda.on('job.step', (jobId) => this.#step(jobId));
    this.#agenda.on('job.deadline', (jobId) => this.#giveUp(jobId));
  }

  /** Throws ArgumentInvalid for a condition that cannot be read. */
  begin(job: Job): void {
    const selection = jobSelection(job.queryCondition);
    this.#runs.set(job.jobId, { job, selection, targets: [], slot: 0, next: 0, statistics: nobody });
    this.#agenda.put({ at: deadlineOf(job), kind: 'job.deadline', key: job.jobId });
    this.#again(job.jobId);
  }

  statistics(jobId: string): DeviceJobStatistics | undefined {
    return this.#runs.get(jobId)?.statistics;
  }

  /** Forgets what a job did to its devices. */
  forget(jobId: string): void {
    for (const row of this.rows.rows()) if (row.jobId === jobId) this.rows.delete(rowKey(row));
  }

  state(): JobRun[] {
    return [...this.#runs.values()].map(({ selection, ...run }) => ({ ...run, targets: [...run.targets] }));
  }

  restore(runs: readonly JobRun[], rows: Table<DeviceJob>): void {
    this.#runs.clear();
    this.rows.restore(rows);
    for (const run of runs)
      this.#runs.set(run.job.jobId, {
        ...run,
        targets: [...run.targets],
        selection: jobSelection(run.job.queryCondition),
      });
  }

  #step(jobId: string): void {
    const run = this.#runs.get(jobId);
    if (run === undefined) return;
    if (run.slot !== undefined) this.#find(run, run.slot);
    else this.#act(run);
    if (run.slot !== undefined || run.next < run.targets.length) this.#again(jobId);
    else this.#endIfDone(run);
  }

  #again(jobId: string): void {
    this.#agenda.put({ at: this.#clock.now(), kind: 'job.step', key: jobId });
  }

  #find(run: OpenRun, slot: number): void {
    const { job, selection } = run;
    const table = selection.from === 'devices' ? this.#fleet.devices : this.#fleet.modules;
    const end = Math.min(slot + ROWS_PER_STEP, table.end);
    const before = run.targets.length;
    for (let at = slot; at < end; at++) {
      const member = table.at(at);
      if (member === undefined || !selection.matches(member)) continue;
      const row = newDeviceJob(job, member.key, this.#clock.now());
      this.rows.set(rowKey(row), row);
      run.targets.push(member.key);
    }
    const found = run.targets.length - before;
    run.statistics = counted(run.statistics, { deviceCount: found, pendingCount: found });
    run.slot = end < table.end ? end : undefined;
  }

  #act(run: OpenRun): void {
    const end = Math.min(run.next + TARGETS_PER_STEP, run.targets.length);
    for (; run.next < end; run.next++) {
      const key = run.targets[run.next];
      const row = key === undefined ? undefined : this.#row(run, key);
      if (row !== undefined) this.#deal(run, row);
    }
  }

  #deal(run: OpenRun, row: DeviceJob): void {
    const { work } = run.job;
    try {
      switch (work.type) {
        case 'scheduleUpdateTwin': {
          // C# and Java send a whole twin; the device that it names is not the one that the job means
          const { deviceId: _, ...change } = work.updateTwin;
          this.#twins.patch(row.key, change);
          this.#settle(run, { ...row, status: 'completed', updatedAt: this.#clock.now() });
          break;
        }
        case 'scheduleDeviceMethod':
          // before the call: a device in this process may answer within it
          this.#settle(run, { ...row, status: 'running', updatedAt: this.#clock.now() });
          this.#methods.call(row.key, work.method, (outcome) => this.#hear(run, row.key, outcome));
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
  #hear(run: OpenRun, key: IdentityKey, outcome: MethodOutcome): void {
    const row = this.#row(run, key);
    if (this.#runs.get(run.job.jobId) !== run || row?.status !== 'running') return;
    const now = this.#clock.now();
    this.#settle(
      run,
      outcome instanceof HubError
        ? failedWith(row, outcome, now)
        : { ...row, status: 'completed', updatedAt: now, answer: outcome },
    );
    this.#endIfDone(run);
  }

  /** Time is up for those that have not been dealt with; the job as a whole is completed all the same. */
  #giveUp(jobId: string): void {
    const run = this.#runs.get(jobId);
    if (run === undefined) return;
    const late = new HubError('JobRunPreconditionFailed', 'The device was not done within the time that the job had.');
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
    this.#runs.delete(run.job.jobId);
    this.#agenda.remove('job.step', run.job.jobId);
    this.#agenda.remove('job.deadline', run.job.jobId);
    this.#ended(run);
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

const nobody: DeviceJobStatistics = {
  deviceCount: 0,
  failedCount: 0,
  succeededCount: 0,
  runningCount: 0,
  pendingCount: 0,
};

const counted = (statistics: DeviceJobStatistics, change: Partial<DeviceJobStatistics>): DeviceJobStatistics => ({
  deviceCount: statistics.deviceCount + (change.deviceCount ?? 0),
  failedCount: statistics.failedCount + (change.failedCount ?? 0),
  succeededCount: statistics.succeededCount + (change.succeededCount ?? 0),
  runningCount: statistics.runningCount + (change.runningCount ?? 0),
  pendingCount: statistics.pendingCount + (change.pendingCount ?? 0),
});

const COUNTS = {
  pending: 'pendingCount',
  scheduled: 'pendingCount',
  running: 'runningCount',
  completed: 'succeededCount',
  failed: 'failedCount',
  canceled: 'failedCount',
} as const;

const countOf = (row: DeviceJob | undefined, by: number): Partial<DeviceJobStatistics> =>
  row === undefined ? {} : { [COUNTS[row.status]]: by };
