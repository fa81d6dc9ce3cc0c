import { readText } from '../../certificates/folder.ts';
import type { Surroundings } from '../context.ts';
import { hasJavaStore, javaOptions, javaStoreOf } from '../java.ts';
import { self } from '../self.ts';
import { commandLine, evalLine, exportLine } from '../shell.ts';
import { type Authority, bundleOf, folderFlag, holds } from './authority.ts';

/** Node adds it to the roots that it has. */
export const nodeLine = ({ file }: Authority): string => exportLine({ NODE_EXTRA_CA_CERTS: file });

/** Python's variables replace the roots, so they get a bundle; `env` makes it. */
export const pythonLine = async (authority: Authority, context: Surroundings): Promise<string> => {
  const bundle = bundleOf(authority);
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
    : evalLine(trustCommand('java', authority, environment));

/** Packages that know no other roots than their own. */
export const certifiLine = ({ file }: Authority): string =>
  `${commandLine(['cat', file])} >> "$(${commandLine(['python3', '-m', 'certifi'])})"`;

export const trustCommand = (store: string, authority: Authority, environment: Surroundings['environment']): string =>
  `${self(environment)} ${commandLine(['trust', '--store', store, ...folderFlag(authority)])}`;
