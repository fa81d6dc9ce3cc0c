import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withoutOurs } from './command.ts';

const PROGRAM = fileURLToPath(new URL('students.py', import.meta.url));

export interface PythonStudents {
  /** Runs a program to its end. Rejects with what it raised, or if the process has ended. */
  run(file: string, environment: Readonly<Record<string, string>>): Promise<void>;
  /** Ends all programs, those that wait for a key too. */
  close(): void;
}

/** Students whose programs run in one process of Python, at the same time, each with an environment of its own. */
export const pythonStudents = (
  interpreter: string,
  environment: Readonly<Record<string, string>>,
  cwd: string,
): PythonStudents => {
  const child = spawn(interpreter, ['-B', PROGRAM], {
    cwd,
    env: { ...withoutOurs(process.env), ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, { done(): void; failed(error: Error): void }>();
  let last = 0;
  createInterface(child.stdout).on('line', (line) => {
    const { id, problem } = JSON.parse(line) as { id: number; problem: string | null }; // of students.py
    if (problem === null) waiting.get(id)?.done();
    else waiting.get(id)?.failed(new Error(problem));
    waiting.delete(id);
  });
  child.on('close', (code) => {
    for (const { failed } of waiting.values()) failed(new Error(`Python ended with ${code}`));
  });
  return {
    run: (file, own) =>
      new Promise((done, failed) => {
        last += 1;
        waiting.set(last, { done, failed });
        child.stdin.write(`${JSON.stringify({ id: last, file, environment: own })}\n`);
      }),
    close: () => child.stdin.end(),
  };
};
