import * as z from 'zod';
import { Routing as RoutingBlock } from '../routing.ts';
import { SeedFile } from '../seed.ts';
import { TrafficDetail } from '../traffic.ts';
import { Advance, ClockState, DueList } from './clock.ts';
import { ConnectionList } from './connections.ts';
import { EventList, EventsQuery } from './events.ts';
import { AddedFaults, AddFaults, FaultList } from './faults.ts';
import {
  AppliedSeed,
  ApplySeedQuery,
  ExportQuery,
  ExportSeedQuery,
  FleetDocument,
  Imported,
  ImportQuery,
  TwinDocument,
} from './fleet.ts';
import {
  NewMessage,
  Purged,
  ReceivedMessage,
  ReceiveMessage,
  SettleMessage,
  WaitingFeedback,
  WaitingMessage,
  WaitingMessages,
} from './messages.ts';
import { MonitorQuery } from './monitor.ts';
import type { Operations } from './operation.ts';
import { DEVICE_OPERATIONS } from './operations-of-devices.ts';
import { FILE_OPERATIONS } from './operations-of-files.ts';
import { HISTORY_OPERATIONS } from './operations-of-history.ts';
import { HUB_OPERATIONS } from './operations-of-hubs.ts';
import { TWIN_OPERATIONS } from './operations-of-twins.ts';
import { Evaluate, Evaluation, Explain, Explanation, IndexState, SetIndex } from './queries.ts';
import {
  RoutingHealth,
  RoutingState,
  SetRouting,
  TestAllRoutes,
  TestedRoute,
  TestedRoutes,
  TestRoute,
} from './routing.ts';
import { ConnectionStringAnswer, ConnectionStringQuery, Health, Info, OpenSession, Readiness } from './server.ts';
import { Restore, SnapshotList, TakenSnapshot, TakeSnapshot } from './snapshots.ts';
import { TrafficList, TrafficQuery } from './traffic.ts';
import { UsageState } from './usage.ts';

const JSON_TYPE = 'application/json';
const YAML = 'application/yaml';
const TEXT = 'text/plain';

/** As much as a hub with a million devices needs. */
const LARGE = 1024 ** 3;

const disconnect = { summary: 'End a connection' };
const expire = { summary: 'End a connection as if its token had expired now' };
const messages = { summary: 'The messages that wait for it, in their order', answer: WaitingMessages };
const send = { summary: 'Send it a message, as a service app does', body: NewMessage, answer: WaitingMessage };
const purge = { summary: 'Remove the messages that wait for it', answer: Purged };
const receive = { summary: 'Lock its next message, as a device does', body: ReceiveMessage, answer: ReceivedMessage };
const settle = { summary: 'Complete, reject or abandon a message that was received', body: SettleMessage };
const twin = { summary: 'A twin as a service reads it; faults do not apply', answer: TwinDocument };

/** The emulator's own API, no part of Azure's. */
export const ADMIN_OPERATIONS = {
  'GET /health': { summary: 'Whether every server answers, tried now; 503 if not', open: true, answer: Health },
  'GET /ready': { summary: 'Whether the emulator has started; 503 if not', open: true, answer: Readiness },
  'GET /info': { summary: 'Version, host name and ports', answer: Info },
  'POST /session': { summary: 'Set a cookie that counts as the token', open: true, isRead: true, body: OpenSession },
  'GET /ca.pem': { summary: 'The development CA, to be trusted', open: true, produces: ['application/x-pem-file'] },
  'GET /openapi.json': { summary: 'This API as an OpenAPI document', answer: z.looseObject({}) },
  'GET /metrics': { summary: 'Figures in the text format of Prometheus', produces: [TEXT] },

  'GET /connection-string': {
    summary: 'The connection string of a policy, a device, a module or an event hub',
    query: ConnectionStringQuery,
    answer: ConnectionStringAnswer,
  },

  'GET /clock': { summary: "The hub's time", answer: ClockState },
  'GET /clock/due': { summary: 'What happens next on this clock, at most 200, soonest first', answer: DueList },
  'POST /clock/advance': {
    summary: 'Advance a virtual clock; what falls due on the way runs, in order',
    body: Advance,
    answer: ClockState,
  },
  'POST /clock/settle': {
    summary: 'Wait until nothing is due, queued or being sent',
    isRead: true,
    answer: ClockState,
  },

  'POST /reset': { summary: 'Go back to the state after the seed, with the faults of the start', body: Restore },
  'GET /snapshots': { summary: 'The snapshots', answer: SnapshotList },
  'POST /snapshots': { summary: 'Take a snapshot of the hub', body: TakeSnapshot, answer: TakenSnapshot },
  'POST /snapshots/:name/restore': { summary: 'Go back to a snapshot', body: Restore },
  'DELETE /snapshots/:name': { summary: 'Delete a snapshot' },

  'GET /faults': { summary: 'The rules by which operations fail, and how often they did', answer: FaultList },
  'POST /faults': { summary: 'Make operations fail', body: AddFaults, answer: AddedFaults },
  'DELETE /faults': { summary: 'Remove all rules' },
  'DELETE /faults/:id': { summary: 'Remove a rule' },

  'GET /usage': {
    summary: 'What clients have used, as the service meters it, and which tier that needs',
    answer: UsageState,
  },
  'DELETE /usage': { summary: 'Count from zero again' },

  'GET /connections': { summary: 'Who is connected, and what each client listens to', answer: ConnectionList },
  'POST /connections/:deviceId/disconnect': disconnect,
  'POST /connections/:deviceId/modules/:moduleId/disconnect': disconnect,
  'POST /connections/:deviceId/expire': expire,
  'POST /connections/:deviceId/modules/:moduleId/expire': expire,

  'GET /messages/:deviceId': messages,
  'POST /messages/:deviceId': send,
  'DELETE /messages/:deviceId': purge,
  'POST /messages/:deviceId/receive': receive,
  'POST /messages/:deviceId/settle': settle,
  'GET /messages/:deviceId/modules/:moduleId': messages,
  'POST /messages/:deviceId/modules/:moduleId': send,
  'DELETE /messages/:deviceId/modules/:moduleId': purge,
  'POST /messages/:deviceId/modules/:moduleId/receive': receive,
  'POST /messages/:deviceId/modules/:moduleId/settle': settle,
  'POST /messages/:deviceId/modules/:moduleId/inputs/:input': {
    summary: 'Send a message to an input of a module that is connected',
    body: NewMessage,
  },
  'GET /feedback': { summary: 'Feedback on messages that service apps have not completed', answer: WaitingFeedback },

  ...HUB_OPERATIONS,

  'GET /events': {
    summary: 'What has happened, as a stream that goes on or as a list of up to 4 MB',
    query: EventsQuery,
    answer: EventList,
    produces: ['text/event-stream'],
  },

  'GET /traffic': {
    summary: 'What clients have asked and what the hub has answered, as a list or as a stream that goes on',
    query: TrafficQuery,
    answer: TrafficList,
    produces: ['text/event-stream'],
  },
  'GET /traffic/:entry': { summary: 'One request and its answer, as they were sent', answer: TrafficDetail },
  'DELETE /traffic': { summary: 'Remove all entries', isRead: true },

  'GET /monitor': {
    summary: 'The events of an event hub, as a stream that goes on',
    query: MonitorQuery,
    produces: ['text/event-stream'],
  },

  'GET /routing': { summary: 'Routes, endpoints and enrichments, and where messages went', answer: RoutingState },
  'PUT /routing': {
    summary: 'Replace them by a block of `properties.routing`; counts start again',
    body: SetRouting,
    accepted: RoutingBlock,
    answer: RoutingState,
  },
  'GET /routing/health': { summary: 'Which endpoints take messages, and how many wait', answer: RoutingHealth },
  'GET /routing/validation/:code': {
    summary: 'Accept events for a webhook, as its `validationUrl`',
    open: true,
    produces: ['text/plain'],
  },
  'POST /routing/$testall': {
    summary: 'Which routes would take a message; nothing is sent',
    isRead: true,
    body: TestAllRoutes,
    answer: TestedRoutes,
  },
  'POST /routing/$testnew': {
    summary: 'What a condition gives for a message',
    isRead: true,
    body: TestRoute,
    answer: TestedRoute,
  },

  'POST /seed': {
    summary: 'Create the devices and configurations of a seed',
    query: ApplySeedQuery,
    accepts: [JSON_TYPE, YAML, TEXT],
    accepted: SeedFile,
    bodyLimit: LARGE,
    answer: AppliedSeed,
  },
  'GET /seed': { summary: 'The hub as a seed', query: ExportSeedQuery, produces: [JSON_TYPE, YAML, TEXT] },
  'POST /import': {
    summary: 'Create twins exactly as they are given, metadata included',
    query: ImportQuery,
    accepts: [JSON_TYPE],
    accepted: FleetDocument,
    bodyLimit: LARGE,
    answer: Imported,
  },
  'GET /export': {
    summary: 'All twins and identities, metadata included, and uploaded files',
    query: ExportQuery,
    answer: FleetDocument,
  },
  'GET /twins/:deviceId': twin,
  'GET /twins/:deviceId/modules/:moduleId': twin,

  ...TWIN_OPERATIONS,
  ...DEVICE_OPERATIONS,
  ...HISTORY_OPERATIONS,
  ...FILE_OPERATIONS,

  'POST /evaluate': {
    summary: 'Apply the condition of a configuration, a job or a route',
    isRead: true,
    body: Evaluate,
    answer: Evaluation,
  },
  'POST /explain': { summary: 'Run a query and describe how', isRead: true, body: Explain, answer: Explanation },
  'GET /index': { summary: 'When queries see a write, and what they do not see yet', answer: IndexState },
  'PUT /index': { summary: 'Change when queries see a write', body: SetIndex, answer: IndexState },
  'POST /index/release': { summary: 'Let queries see every write now', answer: IndexState },
  'POST /index/caught-up': { summary: 'Wait until queries see every write', isRead: true, answer: IndexState },
} as const satisfies Operations;

export type AdminOperations = typeof ADMIN_OPERATIONS;
