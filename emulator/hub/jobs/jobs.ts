import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { JOB_HISTORY_MS, type Limits } from '../../../protocol/limits.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { JsonText } from '../../kernel/json-text.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { TableView } from '../../kernel/table.ts';
import type { HubBus } from '../events.ts';
import type { MethodOutcome, Methods } from '../messaging/methods.ts';
import { type PageRequest, pageSize, readContinuation, writeContinuation } from '../query/page.ts';
import type { Tiers } from '../tiers/tiers.ts';
import type { Usage } from '../tiers/usage.ts';
import type { DeviceJob } from './device-job.ts';
import { isActive, type Job, renderJob, renderUnknown } from './job.ts';
import { JobPace } from './job-pace.ts';
import type { JobParts } from './job-parts.ts';
import { readJob } from './job-request.ts';
import { JobRuns } from './job-runs.ts';

/** Which jobs to list: names in any case; an empty or missing name means all. */
export interface JobFilter extends PageRequest {
  readonly jobType?: string | undefined;
  readonly jobStatus?: string | undefined;
}

export interface JobPage {
  readonly items: readonly JsonObject[];
  /** Opaque; undefined on the last page. */
  readonly continuation: string | undefined;
}

/** Room: scheduled twin updates and direct methods for many devices. */
export class Jobs {
  readonly #methods: Methods;
  readonly #scheduler: Scheduler;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #runs: JobRuns;
  readonly #jobs = new StateMap<Job>();

  constructor(parts: JobParts & { events: HubBus; usage: Usage; tiers: Tiers }) {
    this.#methods = parts.methods;
    this.#scheduler = parts.scheduler;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#runs = new JobRuns({ ...parts, pace: new JobPace(parts) }, (job, statistics) =>
      this.#end({ ...job, status: 'completed', statistics }),
    );
    this.#scheduler.on('job', (jobId) => this.#turn(jobId));
  }

  /** `devices.jobs`: what each job did to each device. */
  get rows(): TableView<DeviceJob> {
    return this.#runs.rows;
  }

  get spaces() {
    return [keySpace('jobs', this.#jobs), ...this.#runs.spaces];
  }

  /**
   * Creates a job, which starts at its time on the hub's clock. `payload`: the payload of its method, with its text.
   * Throws ArgumentInvalid, GenericBadRequest, PreconditionFailed, JobAlreadyExists, ThrottlingMaxActiveJobCountExceeded.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-jobs
   */
  create(jobId: string, body: Json, payload?: JsonText): Job {
    const job = this.trial(jobId, body, payload);
    this.#set(job);
    this.#scheduler.put({ at: job.createdAt, kind: 'job', key: jobId });
    return job;
  }

  /** What `create` would store; it throws as that does. */
  trial(jobId: string, body: Json, payload?: JsonText): Job {
    const now = this.#clock.now();
    const readMethod = (method: Json | undefined) => this.#methods.read(method, payload);
    const job = readJob(jobId, body, { now, limits: this.#limits, readMethod });
    if (this.#jobs.has(jobId)) throw new HubError('JobAlreadyExists', `A job with ID '${jobId}' already exists.`);
    if ([...this.#jobs.values()].filter(isActive).length >= this.#limits.activeJobs)
      throw new HubError(
        'ThrottlingMaxActiveJobCountExceeded',
        `The hub has ${this.#limits.activeJobs} active jobs already.`,
      );
    return job;
  }

  find(jobId: string): Job | undefined {
    const job = this.#jobs.get(jobId);
    return job && { ...job, statistics: this.#runs.statistics(jobId) ?? job.statistics };
  }

  /** The record of a job, also of an unknown one. */
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

  /** A page of records, oldest job first. Throws ArgumentInvalid for an invalid continuation token or page size. */
  list(filter: JobFilter = {}): JobPage {
    const [type, status] = [filter.jobType?.toLowerCase() ?? '', filter.jobStatus?.toLowerCase() ?? ''];
    const query = `jobs ${type} ${status}`;
    const { next } = readContinuation(query, filter);
    const end = next + pageSize(filter, this.#limits);
    const fitting = [...this.#jobs.values()].filter(
      (job) => (type === '' || job.work.type.toLowerCase() === type) && (status === '' || job.status === status),
    );
    return {
      items: fitting.slice(next, end).map((job) => this.show(job.jobId)),
      continuation: end < fitting.length ? writeContinuation(query, { next: end, given: end }) : undefined,
    };
  }

  /** Takes a row of `devices.jobs` as it is; the caller publishes the event. */
  loadRow(row: DeviceJob): void {
    this.#runs.load(row);
  }

  /** Removes all rows of `devices.jobs`; the caller publishes the event. */
  clearRows(): void {
    this.#runs.clear();
  }

  /** The outcome of a call that was taken over. */
  receive(jobId: string, key: IdentityKey, outcome: MethodOutcome): void {
    this.#runs.receive(jobId, key, outcome);
  }

  /** Call after jobs were loaded or restored. */
  resume(): void {
    this.#runs.resume((jobId) => this.#jobs.get(jobId));
  }

  #turn(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    if (!isActive(job)) this.#forget(job);
    else if (this.#clock.now() >= job.startAt) this.#start(job);
    else {
      if (job.status !== 'scheduled') this.#set({ ...job, status: 'scheduled' }); // else the clock was set back
      this.#scheduler.put({ at: job.startAt, kind: 'job', key: jobId });
    }
  }

  #start(job: Job): void {
    const running: Job = { ...job, status: 'running' };
    try {
      this.#runs.begin(running);
      this.#set(running);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#end({ ...job, status: 'failed', failureReason: error.text });
    }
  }

  #end(job: Job): Job {
    const ended = { ...job, endedAt: this.#clock.now() };
    this.#set(ended);
    this.#scheduler.put({ at: ended.endedAt + JOB_HISTORY_MS, kind: 'job', key: job.jobId });
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
