import { fileURLToPath } from 'node:url';

/** The folder of the lessons; in the package it is elsewhere, and the build puts that in. */
export const lessonsFolder = (): string => fileURLToPath(new URL('../../scenarios/lessons', import.meta.url));
