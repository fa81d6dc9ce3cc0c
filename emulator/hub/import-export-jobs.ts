import { HubError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { Bus } from './events.ts';
import type { Ids } from './ids.ts';
import { type ImportExportJob, type ImportExportOrder, isActive, readOrder } from './import-export-job.ts';
import type { RegistryLines } from './registry-lines.ts';

/** How imports and exports reach their blobs: implemented outside. */
export interface Carrier {
  /** Settles when the containers can be used. Rejects with BlobContainerValidationError. */
  check(order: ImportExportOrder): Promise<void>;
  /** Does the work and says, once, how it ended: undefined for well. Returns the way to stop it. */
  carry(order: ImportExportOrder, lines: RegistryLines, ended: (failure?: string) => void): () => void;
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
const HISTORY_MS = 30 * 24 * 3_600_000;

/** Room: imports and exports of the registry through blobs. */
export class ImportExportJobs {
  readonly #lines: RegistryLines;
  readonly #agenda: Agenda;
  readonly #events: Bus;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: Limits;
  readonly #carrier: Carrier;
  readonly #jobs = new Map<string, ImportExportJob>();
  /** The way to stop each that runs. */
  readonly #running = new Map<string, () => void>();

  constructor(
    parts: { lines: RegistryLines; agenda: Agenda; events: Bus; clock: Clock; ids: Ids; limits: Limits },
    carrier: Carrier,
  ) {
    this.#lines = parts.lines;
    this.#agenda = parts.agenda;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#limits = parts.limits;
    this.#carrier = carrier;
    this.#agenda.on('import-export', (jobId) => this.#turn(jobId));
  }

  /**
   * Takes a new job once its containers have been looked at.
   * Rejects with ArgumentInvalid, GenericBadRequest, JobQuotaExceeded, BlobContainerValidationError.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
   */
  create(body: Json): Promise<ImportExportJob> {
    const order = readOrder(body);
    this.#demandRoom();
    return this.#carrier.check(order).then(() => this.#admit(order));
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

  /** Stops a job where it is. Throws JobNotFound, for one that is over too. */
  cancel(jobId: string): ImportExportJob {
    const job = this.get(jobId);
    if (!isActive(job)) throw new HubError('JobNotFound', `Job ${jobId} is over`);
    this.#stop(jobId);
    return this.#end(job, { status: 'cancelled' });
  }

  state(): readonly ImportExportJob[] {
    return this.list();
  }

  /** What was in the middle of its work cannot be taken up again: it has failed. */
  restore(jobs: readonly ImportExportJob[]): void {
    for (const jobId of [...this.#running.keys()]) this.#stop(jobId);
    this.#jobs.clear();
    for (const job of jobs)
      this.#jobs.set(
        job.jobId,
        job.status === 'running' ? { ...job, status: 'failed', failureReason: 'The hub was restored meanwhile.' } : job,
      );
  }

  #admit(order: ImportExportOrder): ImportExportJob {
    this.#demandRoom();
    const job: ImportExportJob = {
      jobId: this.#ids.uuid(),
      order,
      status: 'enqueued',
      startedAt: undefined,
      endedAt: undefined,
      failureReason: undefined,
    };
    this.#agenda.put({ at: this.#clock.now(), kind: 'import-export', key: job.jobId });
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
    const running = this.#set({ ...job, status: 'running', startedAt: this.#clock.now() });
    let isMine = true;
    const stop = this.#carrier.carry(job.order, this.#lines, (failure) => {
      if (!isMine) return;
      this.#running.delete(jobId);
      this.#end(
        running,
        failure === undefined ? { status: 'completed' } : { status: 'failed', failureReason: failure },
      );
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
    const endedAt = this.#clock.now();
    this.#agenda.put({ at: endedAt + HISTORY_MS, kind: 'import-export', key: job.jobId });
    return this.#set({ ...job, ...how, endedAt });
  }

  #set(job: ImportExportJob): ImportExportJob {
    this.#jobs.set(job.jobId, job);
    this.#events.publish({ type: 'import-export.changed', jobId: job.jobId, status: job.status });
    return job;
  }

  #demandRoom(): void {
    if (this.list().filter(isActive).length >= this.#limits.activeImportExports)
      throw new HubError('JobQuotaExceeded', 'Job quota has been exceeded');
  }
}
