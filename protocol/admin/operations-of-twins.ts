import { SeedFile } from '../seed.ts';
import { CompareQuery, CompareTwinsQuery, Comparison, TwinComparison } from './compare.ts';
import { FleetDriftQuery, FleetDriftState, TwinDrift } from './drift.ts';
import { ConfigurationOutcome, JobOutcome, TryConfiguration, TryJob } from './dry-run.ts';
import { SeedOutcome, TrySeedQuery } from './fleet.ts';
import type { Operations } from './operation.ts';
import { LiveQuery } from './queries.ts';

const drift = { summary: 'What its device has not followed of what is desired', answer: TwinDrift };

/** What twins tell, and what writes would do to them: nothing is written. */
export const TWIN_OPERATIONS = {
  'GET /drift': {
    summary: 'What devices and modules have not followed of what is desired',
    query: FleetDriftQuery,
    answer: FleetDriftState,
  },
  'GET /drift/:deviceId': drift,
  'GET /drift/:deviceId/modules/:moduleId': drift,

  'POST /dry-run/configuration': {
    summary: 'Which twins a configuration would change, and how',
    isRead: true,
    body: TryConfiguration,
    answer: ConfigurationOutcome,
  },
  'POST /dry-run/job': {
    summary: 'Which twins a job would change, and how, or which devices would get a method',
    isRead: true,
    body: TryJob,
    answer: JobOutcome,
  },

  'POST /dry-run/seed': {
    summary: 'What a seed would create, change and delete, and what it does not bring',
    isRead: true,
    query: TrySeedQuery,
    accepts: ['application/json', 'application/yaml', 'text/plain'],
    accepted: SeedFile,
    bodyLimit: 1024 ** 3,
    answer: SeedOutcome,
  },

  'GET /compare': {
    summary: 'What two states of the fleet do not have in common',
    query: CompareQuery,
    answer: Comparison,
  },
  'GET /compare/twins': {
    summary: 'What differs in the twins of two devices or modules',
    query: CompareTwinsQuery,
    answer: TwinComparison,
  },

  'GET /live-query': {
    summary: 'The rows of a query, which follow the twins: events `rows`, `changes` and, if it cannot go on, `end`',
    query: LiveQuery,
    produces: ['text/event-stream'],
  },
} as const satisfies Operations;
