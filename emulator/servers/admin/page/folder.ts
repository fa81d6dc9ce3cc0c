import { fileURLToPath } from 'node:url';

/** The folder of the built page; in the package it is elsewhere, and the build puts that in. */
export const pageFolder = (): string => fileURLToPath(new URL('../../../../dist/page', import.meta.url));
