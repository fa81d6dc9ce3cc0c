import { HubError } from '../../protocol/errors.ts';
import type { Lesson } from '../lessons/lesson.ts';
import type { Progress } from '../lessons/progress.ts';
import type { Fork } from './handle.ts';

/** A student, who has a hub. */
export interface Student {
  readonly name: string;
  readonly fork: Fork;
  readonly progress: Progress;
}

/** A class: who is in it, and its lesson. */
export interface OpenClass {
  readonly students: readonly Student[];
  readonly lesson: string;
  /** Where students find what is theirs. */
  readonly joinUrl: string;
}

/** The class of an emulator, if it has one. */
export class Classroom {
  /** In their order. */
  readonly lessons: () => Promise<readonly Lesson[]>;
  #open: OpenClass | undefined;

  constructor(lessons: () => Promise<readonly Lesson[]>) {
    this.lessons = lessons;
  }

  open(open: OpenClass): void {
    this.#open = open;
  }

  /** Throws GenericNotFound where there is none. */
  get current(): OpenClass {
    if (this.#open === undefined)
      throw new HubError('GenericNotFound', 'There is no class. To start one: iothub-emulator class --students 30');
    return this.#open;
  }

  /** True if a student has the hub of this name. */
  has(hub: string): boolean {
    return this.#open?.students.some(({ fork }) => fork.name === hub) ?? false;
  }

  /** By the name of the hub. Throws GenericNotFound. */
  student(hub: string): Student {
    const found = this.current.students.find(({ fork }) => fork.name === hub);
    if (found === undefined) throw new HubError('GenericNotFound', `There is no student with a hub ${hub}`);
    return found;
  }
}

/** A name of a fork has 40 characters at most, of which some tell students of the same name apart. */
const LONGEST = 32;

/** A name for the hub of each student, from the student's own name. */
export const hubNamesOf = (students: readonly string[]): readonly string[] => {
  const used = new Set<string>();
  return students.map((student, index) => {
    const words = student
      .normalize('NFKD')
      .toLowerCase()
      .split(/[^a-z0-9]/)
      .filter((word) => word !== '');
    // the hub's own names begin so
    const isTaken = /^p\d/.test(words[0] ?? '');
    const plain = isTaken ? '' : words.join('-').slice(0, LONGEST);
    const base = plain === '' || plain.endsWith('-') ? `student-${index + 1}` : plain;
    const name = used.has(base) ? `${base}-${index + 1}` : base;
    used.add(name);
    return name;
  });
};
