import { HubError } from '../../protocol/errors.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { DeviceJob } from './device-job.ts';
import type { Bus } from './events.ts';
import type { Fleet } from './fleet.ts';
import { isActive, type Job, renderJob, renderUnknown } from './job.ts';
import { readJob } from './job-request.ts';
import { type JobRun, JobRuns } from './job-runs.ts';
import type { Methods } from './methods.ts';
import { type PageRequest, pageSize, readPlace, writePlace } from './query/page.ts';
import type { Table } from './table.ts';
import type { Twins } from './twins.ts';

/** What to list: names in any case, empty ones for all. */
export interface JobFilter extends PageRequest {
  readonly jobType?: string | undefined;
  readonly jobStatus?: string | undefined;
}

export interface JobPage {
  readonly items: readonly JsonObject[];
  /** Opaque; undefined on the last page. */
  readonly continuation: string | undefined;
}

/** Everything that jobs are at one moment. Rows are shared, being immutable. */
export interface JobsState {
  readonly jobs: readonly Job[];
  readonly runs: readonly JobRun[];
  readonly rows: Table<DeviceJob>;
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
const HISTORY_MS = 30 * 24 * 3_600_000;

/** Room: scheduled twin updates and direct methods for many devices. */
export class Jobs {
  readonly #methods: Methods;
  readonly #agenda: Agenda;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #runs: JobRuns;
  readonly #jobs = new Map<string, Job>();

  constructor(parts: {
    fleet: Fleet;
    twins: Twins;
    methods: Methods;
    agenda: Agenda;
    events: Bus;
    clock: Clock;
    limits: Limits;
  }) {
    this.#methods = parts.methods;
    this.#agenda = parts.agenda;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#runs = new JobRuns(parts, ({ job, statistics }) => this.#end({ ...job, status: 'completed', statistics }));
    this.#agenda.on('job', (jobId) => this.#turn(jobId));
  }

  /** `devices.jobs`: what each job did to each device. */
  get rows(): Table<DeviceJob> {
    return this.#runs.rows;
  }

  /**
   * Takes a new job; it starts at its time on the hub's clock.
   * Throws ArgumentInvalid, GenericBadRequest, JobAlreadyExists, ThrottlingMaxActiveJobCountExceeded.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-jobs
   */
  create(jobId: string, body: Json): Job {
    const now = this.#clock.now();
    const job = readJob(jobId, body, { now, readMethod: (method) => this.#methods.read(method) });
    if (this.#jobs.has(jobId)) throw new HubError('JobAlreadyExists', `A job with ID '${jobId}' already exists.`);
    if ([...this.#jobs.values()].filter(isActive).length >= this.#limits.activeJobs)
      throw new HubError(
        'ThrottlingMaxActiveJobCountExceeded',
        `The hub has ${this.#limits.activeJobs} active jobs already.`,
      );
    this.#set(job);
    this.#agenda.put({ at: now, kind: 'job', key: jobId });
    return job;
  }

  find(jobId: string): Job | undefined {
    const job = this.#jobs.get(jobId);
    return job && { ...job, statistics: this.#runs.statistics(jobId) ?? job.statistics };
  }

  /** The record of a job, or what the service says of an unknown one. */
  show(jobId: string): JsonObject {
    const job = this.find(jobId);
    return job === undefined ? renderUnknown(jobId) : renderJob(job);
  }

  /** Throws JobNotFound, OperationNotAllowedInCurrentState once the job has started. */
  cancel(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new HubError('JobNotFound', `Job ${jobId} not found`);
    if (job.status !== 'queued' && job.status !== 'scheduled')
      throw new HubError('OperationNotAllowedInCurrentState', `Job ${jobId} is ${job.status} and cannot be cancelled.`);
    return this.#end({ ...job, status: 'cancelled' });
  }

  /** A page of records, oldest job first. Throws ArgumentInvalid for a foreign continuation token or no page size. */
  list(filter: JobFilter = {}): JobPage {
    const [type, status] = [filter.jobType?.toLowerCase() ?? '', filter.jobStatus?.toLowerCase() ?? ''];
    const query = `jobs ${type} ${status}`;
    const { next } = readPlace(query, filter);
    const end = next + pageSize(filter);
    const fitting = [...this.#jobs.values()].filter(
      (job) => (type === '' || job.work.type.toLowerCase() === type) && (status === '' || job.status === status),
    );
    return {
      items: fitting.slice(next, end).map((job) => this.show(job.jobId)),
      continuation: end < fitting.length ? writePlace(query, { next: end, given: end }) : undefined,
    };
  }

  state(): JobsState {
    return { jobs: [...this.#jobs.values()], runs: this.#runs.state(), rows: this.rows.copy() };
  }

  restore(state: JobsState): void {
    this.#jobs.clear();
    for (const job of state.jobs) this.#jobs.set(job.jobId, job);
    this.#runs.restore(state.runs, state.rows);
  }

  #turn(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    if (!isActive(job)) this.#forget(job);
    else if (this.#clock.now() >= job.startAt) this.#start(job);
    else {
      this.#set({ ...job, status: 'scheduled' });
      this.#agenda.put({ at: job.startAt, kind: 'job', key: jobId });
    }
  }

  #start(job: Job): void {
    const running: Job = { ...job, status: 'running' };
    try {
      this.#runs.begin(running);
      this.#set(running);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#end({ ...job, status: 'failed', failureReason: `ErrorCode:${error.code};${error.message}` });
    }
  }

  #end(job: Job): Job {
    const ended = { ...job, endedAt: this.#clock.now() };
    this.#set(ended);
    this.#agenda.put({ at: ended.endedAt + HISTORY_MS, kind: 'job', key: job.jobId });
    return ended;
  }

  #forget({ jobId }: Job): void {
    this.#jobs.delete(jobId);
    this.#runs.forget(jobId);
  }

  #set(job: Job): void {
    this.#jobs.set(job.jobId, job);
    this.#events.publish({ type: 'job.changed', job });
  }
}
