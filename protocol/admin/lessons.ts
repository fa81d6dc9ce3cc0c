import * as z from 'zod';

const LessonStep = z.object({
  title: z.string(),
  text: z.string().describe('Plain text; code in backticks'),
  done: z.boolean(),
  waitingFor: z.string().optional().describe('What the hub has not seen yet'),
  code: z
    .record(z.string(), z.object({ file: z.string().describe('Its name'), text: z.string() }))
    .describe('Programs by language'),
  hint: z.string().optional(),
});

export const LessonsQuery = z.strictObject({
  language: z.string().optional().describe('Such as de; what `Accept-Language` says, if not given'),
});

export const LessonDocument = z.object({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  language: z.string().describe('Of title, texts and hints, such as en'),
  steps: z.array(LessonStep),
});
export type LessonDocument = z.infer<typeof LessonDocument>;
export const LessonList = z.array(LessonDocument);

export const ClassState = z.object({
  lesson: z.string(),
  steps: z.array(z.string()),
  joinUrl: z.string().describe('Where students find what is theirs'),
  clock: z.enum(['system', 'virtual']).describe('Each hub has a virtual clock of its own'),
  students: z.array(
    z.object({
      hub: z.string().describe('The name of the fork'),
      name: z.string(),
      isHere: z.boolean().describe('True once a client of the student has connected'),
      done: z.array(z.boolean()).describe('By step'),
      lastRefusal: z.string().optional(),
      faults: z.int().describe('How many rules make operations of the hub fail'),
      now: z.iso.datetime().describe('The time of the hub, UTC'),
    }),
  ),
});
export type ClassState = z.infer<typeof ClassState>;
