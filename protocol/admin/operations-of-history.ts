import { TwinDocument } from './fleet.ts';
import {
  HistoryList,
  HistoryVersion,
  LatestQuery,
  LatestVersions,
  PastPage,
  PastQuery,
  VersionQuery,
} from './history.ts';
import type { Operations } from './operation.ts';
import { StartTrace, TraceState } from './trace.ts';

const history = {
  summary: 'The versions of a twin and its identity: when, by whom, and what has changed',
  answer: HistoryList,
};
const version = {
  summary: 'One version, and what differs from another one',
  query: VersionQuery,
  answer: HistoryVersion,
};
const past = { summary: 'A twin as it was at a time, or right after the event of this number', answer: TwinDocument };

/** What the hub was, and how it came to be what it is. */
export const HISTORY_OPERATIONS = {
  'GET /history': {
    summary:
      'The latest versions of all twins and identities, newest first: which, when, by whom, and what has changed',
    query: LatestQuery,
    answer: LatestVersions,
  },
  'GET /history/:deviceId': history,
  'GET /history/:deviceId/modules/:moduleId': history,
  'GET /history/:deviceId/:version': version,
  'GET /history/:deviceId/modules/:moduleId/:version': version,
  'GET /at/:moment/twins/:deviceId': past,
  'GET /at/:moment/twins/:deviceId/modules/:moduleId': past,
  'POST /at/:moment/query': {
    summary: 'Run a query over twins as they were at a time, or right after the event of this number',
    body: PastQuery,
    answer: PastPage,
  },

  'GET /trace': { summary: 'Whether the hub is recorded, and how far', answer: TraceState },
  'POST /trace': {
    summary: 'Record all that the hub gets from now on, for `replay`; begins with its state',
    isRead: true,
    body: StartTrace,
    answer: TraceState,
  },
  'POST /trace/stop': { summary: 'End the recording', isRead: true, answer: TraceState },
  'GET /trace/file': {
    summary: 'The trace as a file, also while it is recorded; it is kept until the next one begins',
    produces: ['application/gzip'],
  },
} as const satisfies Operations;
