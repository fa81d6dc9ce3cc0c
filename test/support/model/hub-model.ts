import { START } from '../hub/hub.ts';
import {
  type ConfigurationNote,
  count,
  DELETE,
  giveUp,
  type JobNote,
  LIMIT,
  type Match,
  METHOD_TIMEOUT,
  MINUTE,
  marksOf,
  named,
  newNote,
  type Outcome,
  PUT,
  STOCK,
  set,
  sorted,
  type TwinNote,
  targetingOf,
  tell,
  WRITE_TWIN,
  wrote,
} from './hub-notes.ts';

/** The hub as it should be. */
export class Model {
  readonly devices = new Map<string, TwinNote>();
  readonly modules = new Map<string, TwinNote>();
  readonly jobs = new Map<string, JobNote>();
  readonly configurations = new Map<string, ConfigurationNote>();
  now = Date.parse(START);
  #order = 0;

  constructor() {
    for (const key of STOCK) key.includes('/') ? this.putModule(key, 'none') : this.putDevice(key, 'none');
  }

  putDevice(id: string, match: Match): Outcome {
    const outcome = PUT[match][this.devices.has(id) ? 'there' : 'gone'];
    if (outcome === 'created') {
      this.devices.set(id, newNote());
      this.#evaluate(false, id);
      return 'ok';
    }
    return outcome === 'replaced' ? 'ok' : named(outcome, 'Device');
  }

  deleteDevice(id: string, match: Match): Outcome {
    const outcome = DELETE[match][this.devices.has(id) ? 'there' : 'gone'];
    if (outcome !== 'deleted') return named(outcome, 'Device');
    this.#endLine(id);
    this.devices.delete(id);
    for (const key of [...this.modules.keys()]) if (key.startsWith(`${id}/`)) this.modules.delete(key);
    return 'ok';
  }

  putModule(key: string, match: Match): Outcome {
    const [device = ''] = key.split('/');
    const outcome = PUT[match][this.modules.has(key) ? 'there' : 'gone'];
    if (outcome === 'Exists') return 'ModuleAlreadyExistsOnDevice';
    if (outcome === 'replaced') return 'ok';
    if (!this.devices.has(device)) return 'DeviceNotFound';
    if (outcome !== 'created') return named(outcome, 'Module');
    const siblings = [...this.modules.keys()].filter((known) => known.startsWith(`${device}/`));
    if (siblings.length >= LIMIT.modulesPerDevice) return 'TooManyModulesOnDevice';
    this.modules.set(key, newNote());
    return 'ok';
  }

  deleteModule(key: string, match: Match): Outcome {
    const [device = ''] = key.split('/');
    const outcome = DELETE[match][this.modules.has(key) ? 'there' : 'gone'];
    if (outcome !== 'deleted') return named(outcome, this.devices.has(device) ? 'Module' : 'Device');
    this.modules.delete(key);
    return 'ok';
  }

  /** A PATCH of one tag or one desired property. */
  patch(key: string, match: Match, change: { group?: string | null; own?: number | null }): Outcome {
    return this.#write(key, match, (twin) => {
      const writesDesired = change.own !== undefined;
      count(twin, writesDesired ? 'desired' : 'tags');
      if (writesDesired) {
        set(twin.desired, 'own', change.own ?? undefined);
        tell(twin);
      }
      if (change.group !== undefined) {
        twin.group = change.group ?? undefined;
        this.#evaluate(false, key);
      }
    });
  }

  /** A PUT with one tag only, which removes all desired properties. */
  replace(key: string, match: Match, group: string): Outcome {
    return this.#write(key, match, (twin) => {
      count(twin, 'replaced');
      twin.desired = {};
      tell(twin);
      twin.group = group;
      this.#evaluate(false, key);
    });
  }

  report(key: string): Outcome {
    const twin = this.find(key);
    if (twin === undefined) return 'DeviceNotFound';
    count(twin, 'reported');
    return 'ok';
  }

  /** A device or module connects, connects again or disconnects. */
  line(key: string, line: TwinNote['line']): void {
    this.#endLine(key);
    const twin = this.find(key);
    if (twin !== undefined) twin.line = line;
  }

  /** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods */
  call(key: string): Outcome {
    const twin = this.find(key);
    if (twin === undefined) return this.devices.has(key.split('/')[0] ?? '') ? 'ModuleNotFound' : 'DeviceNotFound';
    const { line } = twin;
    if (line === 'away') return 'DeviceNotOnline';
    return line === 'answers' ? 'ok' : 'GatewayTimeout';
  }

  createJob(id: string, job: { type: JobNote['type']; group: string; inMinutes: number }): Outcome {
    if (this.jobs.has(id)) return 'JobAlreadyExists';
    const active = [...this.jobs.values()].filter(({ status }) => status === 'scheduled' || status === 'running');
    if (active.length >= LIMIT.activeJobs) return 'ThrottlingMaxActiveJobCountExceeded';
    const startAt = this.now + job.inMinutes * MINUTE;
    this.jobs.set(id, { ...job, startAt, status: 'scheduled', succeeded: 0, failed: 0, waiting: new Set() });
    this.#runDue();
    return 'ok';
  }

  /** https://learn.microsoft.com/rest/api/iothub/service/jobs/cancel-scheduled-job */
  cancelJob(id: string): Outcome {
    const job = this.jobs.get(id);
    if (job === undefined) return 'JobNotFound';
    if (job.status !== 'scheduled') return 'OperationNotAllowedInCurrentState';
    job.status = 'cancelled';
    return 'ok';
  }

  putConfiguration(id: string, match: Match, said: { group: string; priority: number; rate: number }): Outcome {
    const before = this.configurations.get(id);
    const outcome = PUT[match][before === undefined ? 'gone' : 'there'];
    if (outcome === 'created') {
      if (this.configurations.size >= LIMIT.configurations) return 'ConfigurationCountLimitExceeded';
      this.#order += 1;
      this.configurations.set(id, { ...said, order: this.#order, etag: 1 });
    } else if (outcome === 'replaced' && before !== undefined) {
      // the content cannot be changed
      before.group = said.group;
      before.priority = said.priority;
      before.etag += 1;
    } else return named(outcome, 'Configuration');
    this.#evaluate(true);
    return 'ok';
  }

  deleteConfiguration(id: string, match: Match): Outcome {
    if (!this.configurations.has(id)) return 'ConfigurationNotFound';
    if (match === 'stale') return 'PreconditionFailed';
    this.configurations.delete(id);
    this.#evaluate(true);
    return 'ok';
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (let at = this.#nextDue(end); at !== undefined; at = this.#nextDue(end)) {
      this.now = at;
      this.#runDue();
    }
    this.now = end;
  }

  find(key: string): TwinNote | undefined {
    return this.devices.get(key) ?? this.modules.get(key);
  }

  #write(key: string, match: Match, write: (twin: TwinNote) => void): Outcome {
    const twin = this.find(key);
    const outcome = WRITE_TWIN[match][twin === undefined ? 'gone' : 'there'];
    if (twin === undefined || outcome !== 'written') return named(outcome, 'Device');
    write(twin);
    return 'ok';
  }

  #nextDue(end: number): number | undefined {
    const times = [...this.jobs.values()].flatMap((job) => {
      if (job.status === 'scheduled') return [job.startAt];
      return job.status === 'running' ? [job.startAt + METHOD_TIMEOUT] : [];
    });
    return times.filter((at) => at <= end).sort((a, b) => a - b)[0];
  }

  #runDue(): void {
    for (const job of this.jobs.values()) {
      if (job.status === 'scheduled' && job.startAt <= this.now) this.#start(job);
      if (job.status === 'running' && job.startAt + METHOD_TIMEOUT <= this.now)
        for (const id of [...job.waiting]) giveUp(job, id);
    }
  }

  #start(job: JobNote): void {
    for (const [id, twin] of this.devices) {
      if (twin.group !== job.group) continue;
      if (job.type === 'scheduleUpdateTwin') {
        twin.desired.job = job.startAt;
        wrote(twin);
        job.succeeded += 1;
      } else if (twin.line === 'silent') job.waiting.add(id);
      else if (twin.line === 'answers') job.succeeded += 1;
      else job.failed += 1;
    }
    job.status = job.waiting.size > 0 ? 'running' : 'completed';
  }

  /** Jobs that wait for this device do so in vain. */
  #endLine(key: string): void {
    for (const job of this.jobs.values()) if (job.waiting.has(key)) giveUp(job, key);
  }

  /**
   * Applies automatic configurations to one device, or to all.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
   */
  #evaluate(isFull: boolean, only?: string): void {
    for (const [id, twin] of this.devices) {
      if (only !== undefined && only !== id) continue;
      const targeting = targetingOf(twin, this.configurations);
      const [marks, before] = [marksOf(targeting.map(([name]) => name)), twin.marks];
      if (!isFull && JSON.stringify(sorted(marks)) === JSON.stringify(sorted(before))) continue;
      twin.marks = marks;
      const [winner] = targeting;
      const isNews = winner !== undefined && before[winner[0]] !== 'Applied';
      const tookBack = Object.keys(before).some((name) => before[name] === 'Applied' && this.configurations.has(name));
      const rate = winner?.[1].rate ?? (tookBack ? undefined : twin.desired.rate);
      if (rate === twin.desired.rate && !isNews) continue;
      set(twin.desired, 'rate', rate);
      wrote(twin);
    }
  }
}
