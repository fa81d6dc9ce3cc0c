import { readText } from '../../certificates/folder.ts';
import { bundleBeside } from '../../environment.ts';
import type { Surroundings } from '../context.ts';
import { hasJavaStore, javaOptions, javaStoreOf } from '../java.ts';
import { self } from '../self.ts';
import { commandLine, evalLine, exportLine } from '../shell.ts';
import { type Authority, folderFlag, holds } from './authority.ts';

/** Node adds it to the roots that it has. */
export const nodeLine = ({ file }: Authority): string => exportLine({ NODE_EXTRA_CA_CERTS: file });

/** Python's variables replace the roots, so they get a bundle; `env` makes it. */
export const pythonLine = async (authority: Authority, context: Surroundings): Promise<string> => {
  const bundle = bundleBeside(authority.file);
  if (holds(await readText(bundle), authority))
    return exportLine({ SSL_CERT_FILE: bundle, REQUESTS_CA_BUNDLE: bundle });
  const form = process.platform === 'win32' ? ['-o', 'powershell'] : [];
  return evalLine(
    [self(context.environment), 'env', commandLine([...form, ...folderFlag(authority)])].join(' ').trim(),
  );
};

/** The JVM's options; `trust` makes the store that they name, and prints them. */
export const javaLine = (authority: Authority, { environment }: Surroundings): string =>
  hasJavaStore(authority)
    ? exportLine({ JAVA_TOOL_OPTIONS: javaOptions(javaStoreOf(authority), environment.JAVA_TOOL_OPTIONS) })
    : evalLine(`${self(environment)} ${commandLine(['trust', '--store', 'java', ...folderFlag(authority)])}`);

/** Packages that know no other roots than their own. */
export const certifiLine = ({ file }: Authority): string =>
  `${commandLine(['cat', file])} >> "$(${commandLine(['python3', '-m', 'certifi'])})"`;
