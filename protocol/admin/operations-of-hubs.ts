import { AddedHub, AddHub, HubList } from './hubs.ts';
import type { Operations } from './operation.ts';

/** The hubs of one emulator. */
export const HUB_OPERATIONS = {
  'GET /hubs': {
    summary: 'The hub and its forks; below `/hubs/NAME`, a fork has the operations of this API that concern one hub',
    answer: HubList,
  },
  'POST /hubs': { summary: 'Make a fork: a copy of the hub, with keys of its own', body: AddHub, answer: AddedHub },
  'DELETE /hubs/:name': { summary: 'Close a fork' },
} as const satisfies Operations;
