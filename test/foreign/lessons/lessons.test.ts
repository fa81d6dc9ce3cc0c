import { afterAll, beforeAll, test } from 'vitest';
import { readLessons } from '../../../emulator/lessons/read-lessons.ts';
import { freshFolder } from '../../support/programs/command.ts';
import {
  doSteps,
  emulatorOnPath,
  type LessonClass,
  openLessonClass,
  saveStep,
} from '../../support/programs/lessons.ts';
import { python } from '../../support/programs/python.ts';
import { type PythonStudents, pythonStudents } from '../../support/programs/students.ts';

// the machine of the teacher; that of the student is localhost. On macOS first: sudo ifconfig lo0 alias 127.0.0.2
const TEACHER = '127.0.0.2';
const LESSONS = await readLessons();

let lessonClass: LessonClass;
let students: PythonStudents;
let folder: string;
beforeAll(async () => {
  lessonClass = await openLessonClass({ host: TEACHER, hostname: TEACHER, ports: { ...USUAL, admin: 0 } });
  folder = freshFolder();
  students = pythonStudents(await python(), { ...lessonClass.emulator.env(), PATH: emulatorOnPath() }, folder);
});
afterAll(async () => {
  students.close();
  await lessonClass.emulator.close();
});

const USUAL = { https: 443, mqtt: 8883, amqp: 5671 };

test.each(LESSONS.map(({ id, title }) => ({ id, title })))(
  'a student on Python does the lesson $title step by step',
  async ({ id }) => {
    const environment = { ...lessonClass.hubs.get(id)?.env() };
    await doSteps(lessonClass, id, async (step) => {
      const { file, goesOn } = await saveStep(step, 'python', folder);
      const ended = students.run(file, environment);
      if (goesOn) ended.catch(() => {});
      else await ended;
    });
  },
  30_000,
);
