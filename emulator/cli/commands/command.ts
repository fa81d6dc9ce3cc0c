import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** Adds a command to the program. `leave` sets the exit code of a command that does not fail. */
export type AddCommand = (program: Command, context: Context, leave: (exitCode: number) => void) => void;

/** A JSON value as people and programs read it. */
export const printed = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
