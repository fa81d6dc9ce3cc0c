import { createRequire } from 'node:module';

/** The file that alasql is read from; the build puts a smaller one into the package. */
export const alasqlFile = (): string => createRequire(import.meta.url).resolve('alasql');
