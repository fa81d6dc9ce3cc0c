import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { JOB_HISTORY_MS, type Limits } from '../../../protocol/limits.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import type { Ids } from '../ids.ts';
import type { Resumption } from '../resumption.ts';
import type { ExportLines } from './export-lines.ts';
import { type ImportExportJob, type ImportExportOrder, isActive, readOrder } from './import-export-job.ts';

/** Port: how imports and exports reach their blobs. */
export interface BlobTransfer {
  /** Settles when the containers can be used. Rejects with BlobContainerValidationError. */
  check(order: ImportExportOrder): Promise<void>;
  /** Does the work and calls `ended` once, with the reason if it failed. Returns the way to stop it. */
  transfer(order: ImportExportOrder, lines: ExportLines, ended: (failure?: string) => void): () => void;
}

/** Room: imports and exports of the registry through blobs. */
export class ImportExportJobs {
  readonly #lines: ExportLines;
  readonly #scheduler: Scheduler;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #blobTransfer: BlobTransfer;
  readonly #jobs = new StateMap<ImportExportJob>();
  /** How to stop each job that runs. */
  readonly #running = new Map<string, () => void>();

  constructor(
    parts: { exportLines: ExportLines; scheduler: Scheduler; events: HubBus; clock: Clock; ids: Ids; limits: Limits },
    blobTransfer: BlobTransfer,
  ) {
    this.#lines = parts.exportLines;
    this.#scheduler = parts.scheduler;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#blobTransfer = blobTransfer;
    this.#scheduler.on('import-export', (jobId) => this.#turn(jobId));
  }

  /** Rows hold URLs of containers, with their credentials. */
  get space() {
    return keySpace('import-exports', this.#jobs);
  }

  /**
   * Takes a new job once its containers have been checked.
   * Rejects with ArgumentInvalid, GenericBadRequest, JobQuotaExceeded, BlobContainerValidationError.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
   */
  create(body: Json): Promise<ImportExportJob> {
    const order = readOrder(body);
    this.#demandCapacity();
    return this.#blobTransfer.check(order).then(() => this.admit(order));
  }

  /** Throws JobNotFound. */
  get(jobId: string): ImportExportJob {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new HubError('JobNotFound', `Job ${jobId} not found`);
    return job;
  }

  /** Oldest first. */
  list(): ImportExportJob[] {
    return [...this.#jobs.values()];
  }

  /** Stops a job where it is. Throws JobNotFound, also for a job that has ended. */
  cancel(jobId: string): ImportExportJob {
    const job = this.get(jobId);
    if (!isActive(job)) throw new HubError('JobNotFound', `Job ${jobId} has ended`);
    this.#stop(jobId);
    return this.#end(job, { status: 'cancelled' });
  }

  /** The work of a job that runs has ended; `failure`: why it has failed. */
  finish(jobId: string, failure?: string): void {
    const job = this.#jobs.get(jobId);
    if (job?.status !== 'running') return;
    this.#running.delete(jobId);
    this.#end(job, failure === undefined ? { status: 'completed' } : { status: 'failed', failureReason: failure });
  }

  /** Call after jobs were loaded or restored: those that were running cannot continue and have failed, unless all goes on. */
  resume({ goesOn = false }: Resumption = {}): void {
    for (const jobId of [...this.#running.keys()]) this.#stop(jobId);
    if (goesOn) return;
    for (const job of this.list()) {
      if (job.status !== 'running') continue;
      const failureReason = 'The hub was restarted or restored meanwhile.';
      this.#jobs.set(job.jobId, { ...job, status: 'failed', failureReason, endedAt: this.#forgetLater(job) });
    }
  }

  /** Takes a job whose containers were checked. Throws JobQuotaExceeded. */
  admit(order: ImportExportOrder): ImportExportJob {
    this.#demandCapacity();
    const job: ImportExportJob = {
      jobId: this.#ids.uuid(),
      order,
      status: 'enqueued',
      startedAt: undefined,
      endedAt: undefined,
      failureReason: undefined,
    };
    this.#scheduler.put({ at: this.#clock.now(), kind: 'import-export', key: job.jobId });
    return this.#set(job);
  }

  #turn(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    if (job.status === 'enqueued') this.#start(job);
    else if (!isActive(job)) this.#jobs.delete(jobId);
  }

  #start(job: ImportExportJob): void {
    const { jobId } = job;
    this.#set({ ...job, status: 'running', startedAt: this.#clock.now() });
    let isMine = true;
    const stop = this.#blobTransfer.transfer(job.order, this.#lines, (failure) => {
      if (isMine) this.finish(jobId, failure);
    });
    this.#running.set(jobId, () => {
      isMine = false;
      stop();
    });
  }

  #stop(jobId: string): void {
    this.#running.get(jobId)?.();
    this.#running.delete(jobId);
  }

  #end(job: ImportExportJob, how: Partial<ImportExportJob>): ImportExportJob {
    return this.#set({ ...job, ...how, endedAt: this.#forgetLater(job) });
  }

  /** Gives the time at which the job has ended. */
  #forgetLater({ jobId }: ImportExportJob): number {
    const endedAt = this.#clock.now();
    this.#scheduler.put({ at: endedAt + JOB_HISTORY_MS, kind: 'import-export', key: jobId });
    return endedAt;
  }

  #set(job: ImportExportJob): ImportExportJob {
    this.#jobs.set(job.jobId, job);
    this.#events.publish({ type: 'import-export.changed', jobId: job.jobId, status: job.status });
    return job;
  }

  #demandCapacity(): void {
    if (this.list().filter(isActive).length >= this.#limits.activeImportExports)
      throw new HubError('JobQuotaExceeded', 'Job quota has been exceeded');
  }
}
