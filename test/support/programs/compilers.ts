import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../types/programs/package.ts', import.meta.url));

/** How a project of TypeScript finds packages, and what it is compiled to. */
export interface Project {
  readonly name: string;
  /** Of its package.json. */
  readonly type: 'commonjs' | 'module';
  readonly module: string;
  readonly moduleResolution: string;
  /** True if the declarations of all packages are checked as well, which takes four times as long. */
  readonly checksDeclarations?: boolean;
}

// https://www.typescriptlang.org/tsconfig/#moduleResolution
// the two that check declarations find all of the package's, those for CommonJS and those for ES modules
const PROJECTS: readonly Project[] = [
  { name: 'node10', type: 'commonjs', module: 'commonjs', moduleResolution: 'node10' },
  {
    name: 'node16, CommonJS',
    type: 'commonjs',
    module: 'node16',
    moduleResolution: 'node16',
    checksDeclarations: true,
  },
  {
    name: 'node16, ES modules',
    type: 'module',
    module: 'node16',
    moduleResolution: 'node16',
    checksDeclarations: true,
  },
  { name: 'nodenext, CommonJS', type: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
  { name: 'nodenext, ES modules', type: 'module', module: 'nodenext', moduleResolution: 'nodenext' },
  { name: 'bundler', type: 'module', module: 'esnext', moduleResolution: 'bundler' },
];

/** A compiler: `folder` is that of its package. */
export interface Compiler {
  /** Such as `5.4`. */
  readonly version: string;
  readonly folder: string;
}

/**
 * TypeScript 7 has no node10 any more. https://devblogs.microsoft.com/typescript/progress-on-typescript-7-december-2025/
 * nodenext finds what node16 finds before 5.8, which lets `require` load ES modules.
 * https://www.typescriptlang.org/docs/handbook/release-notes/typescript-5-8.html
 */
export const projectsOf = ({ version }: Compiler): readonly Project[] =>
  PROJECTS.filter(({ moduleResolution }) => {
    if (moduleResolution === 'node10') return Number(version) < 7;
    return moduleResolution !== 'nodenext' || Number(version) >= 5.8;
  });

/**
 * Compiles a program that uses all of the package, strictly, in projects beside the node_modules of `consumer`; resolves with
 * what the compiler says: nothing if all is well. One process compiles them all, which takes half the time of one for each.
 */
export const compile = (compiler: Compiler, projects: readonly Project[], consumer: string): Promise<string> => {
  const places = projects.map((project) => makeProject(compiler, project, consumer));
  return new Promise((done) =>
    execFile(
      process.execPath,
      [join(compiler.folder, 'bin/tsc'), '--build', ...places],
      { cwd: consumer },
      (error, stdout) => done(stdout === '' && error !== null ? error.message : stdout),
    ),
  );
};

/** Writes a project of TypeScript; returns its folder. */
const makeProject = ({ version }: Compiler, project: Project, consumer: string): string => {
  const place = join(consumer, `${project.name} ${version}`);
  const { type, module, moduleResolution, checksDeclarations = false } = project;
  mkdirSync(place);
  copyFileSync(PROGRAM, join(place, 'program.ts'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ type }));
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    lib: ['es2022'],
    strict: true,
    skipLibCheck: !checksDeclarations,
    noEmit: true,
    // TypeScript 6 warns of node10
    ...(version === '6.0' ? { ignoreDeprecations: '6.0' } : {}),
  };
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  return place;
};
