const isWindows = process.platform === 'win32';

/** A text as a word of a POSIX shell. */
export const quoted = (text = ''): string =>
  /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A text as a word of PowerShell. */
export const quotedForPowerShell = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A command line for the shell of this system. */
export const commandLine = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w@%+=:,./\\~-]+$/.test(word) || !isWindows ? quoted(word) : quotedForPowerShell(word)))
    .join(' ');

/** One line that sets variables in the shell of this system. */
export const exportLine = (variables: Readonly<Record<string, string>>): string => {
  const all = Object.entries(variables);
  return isWindows
    ? all.map(([name, value]) => `$env:${name} = ${quotedForPowerShell(value)}`).join('; ')
    : `export ${all.map(([name, value]) => `${name}=${quoted(value)}`).join(' ')}`;
};

/** One line that runs what a command prints. */
export const evalLine = (command: string): string =>
  isWindows ? `${command} | Invoke-Expression` : `eval "$(${command})"`;

export const unsetLine = (name: string): string => (isWindows ? `Remove-Item Env:${name}` : `unset ${name}`);
