import { bundleBeside } from '../../endpoints/root-bundle.ts';
import { readText } from '../../files.ts';
import type { ProcessContext } from '../context.ts';
import { hasJavaStore, javaOptions, javaStoreOf } from '../java.ts';
import { self } from '../self.ts';
import { commandLine, evalLine, exportLine } from '../shell-quoting.ts';
import { type Authority, contains, folderFlag } from './authority.ts';

/** Node adds it to the roots that it has. */
export const nodeLine = ({ file }: Authority): string => exportLine({ NODE_EXTRA_CA_CERTS: file });

/** Python's variables replace the roots, so they need a bundle; `env` writes it. */
export const pythonLine = async (authority: Authority, context: ProcessContext): Promise<string> => {
  const bundle = bundleBeside(authority.file);
  if (contains(await readText(bundle), authority))
    return exportLine({ SSL_CERT_FILE: bundle, REQUESTS_CA_BUNDLE: bundle });
  const form = process.platform === 'win32' ? ['-o', 'powershell'] : [];
  return evalLine(
    [self(context.environment), 'env', commandLine([...form, ...folderFlag(authority)])].join(' ').trim(),
  );
};

/** Options for JVMs; `trust` creates the store that they name, and prints them. */
export const javaLine = (authority: Authority, { environment }: ProcessContext): string =>
  hasJavaStore(authority)
    ? exportLine({ JAVA_TOOL_OPTIONS: javaOptions(javaStoreOf(authority), environment.JAVA_TOOL_OPTIONS) })
    : evalLine(`${self(environment)} ${commandLine(['trust', '--store', 'java', ...folderFlag(authority)])}`);

/** For packages that use only their own roots. */
export const certifiLine = ({ file }: Authority): string =>
  `${commandLine(['cat', file])} >> "$(${commandLine(['python3', '-m', 'certifi'])})"`;
