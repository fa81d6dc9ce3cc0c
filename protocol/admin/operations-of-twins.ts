import { FleetDriftQuery, FleetDriftState, TwinDrift } from './drift.ts';
import type { Operations } from './operation.ts';

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
} as const satisfies Operations;
