import { HubError } from '../../../protocol/errors.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { Table } from '../../kernel/table.ts';
import { collectionsOf } from '../collections.ts';
import type { FleetView } from '../fleet/fleet.ts';
import type { DeviceJob } from '../jobs/device-job.ts';
import { Executor } from '../query/executor.ts';
import { Queries } from '../query/queries.ts';
import type { Relations } from '../query/relations.ts';
import type { Moment } from './version.ts';

/** Queries over twins as they were. Of jobs there is no history: `devices.jobs` is unknown to them. */
export const queriesOfPast = (fleet: FleetView, relations: Relations, limits: Limits): Queries => {
  const { devices, modules } = collectionsOf(fleet, new Table<DeviceJob>());
  return new Queries([new Executor(devices, relations, limits), new Executor(modules, relations, limits)], limits);
};

/** Reads the number of an event, or a time in ISO 8601. Throws ArgumentInvalid. */
export const readMoment = (text: string): Moment => {
  if (/^\d+$/.test(text)) return { event: Number(text) };
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new HubError(
      'ArgumentInvalid',
      `${text} is neither the number of an event nor a time such as 2026-01-01T12:00:00Z`,
    );
  return { at };
};
