import { EmulatorList, StopEmulator } from './emulators.ts';
import { AddedHub, AddHub, HubList } from './hubs.ts';
import { ClassState, LessonDocument, LessonList, LessonsQuery } from './lessons.ts';
import type { Operations } from './operation.ts';

const HTML = 'text/html';

/** The hubs of one emulator, and the class that uses them. */
export const HUB_OPERATIONS = {
  'GET /hubs': {
    summary: 'The hub and its forks; below `/hubs/NAME`, a fork has the operations of this API that concern one hub',
    answer: HubList,
  },
  'POST /hubs': { summary: 'Make a fork: a copy of the hub, with keys of its own', body: AddHub, answer: AddedHub },
  'DELETE /hubs/:name': { summary: 'Close a fork' },

  'GET /emulators': {
    summary: 'The emulators of this user that run on this machine, this one among them if a command has started it',
    answer: EmulatorList,
  },
  'POST /emulators/:pid/stop': {
    summary: 'End one of them, as its process is ended by SIGTERM, unless it has a token and this one another or none',
    isRead: true,
    body: StopEmulator,
  },

  'GET /lessons': {
    summary: 'The lessons, and which of their steps were done at this hub',
    query: LessonsQuery,
    answer: LessonList,
  },
  'GET /lessons/:name': { summary: 'One lesson', query: LessonsQuery, answer: LessonDocument },
  'GET /class': { summary: 'Who of the class has done what', answer: ClassState },
  'GET /join': { summary: 'The page on which students of the class choose their names', open: true, produces: [HTML] },
  'GET /join/:hub': { summary: 'What a student of the class needs', open: true, produces: [HTML] },
} as const satisfies Operations;
