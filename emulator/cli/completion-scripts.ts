import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow a command: `words` are the names of subcommands and flags. */
interface Place {
  /** The names of the command from the program on, each after a space; empty for the program itself. */
  readonly path: string;
  readonly words: readonly string[];
}

const PROGRAM = 'iothub-emulator';

/** The script with which a shell completes the commands and flags of `program`. */
export const completionScript = (shell: Shell, program: Command): string => SCRIPTS[shell](placesOf(program));

const placesOf = (command: Command, path = ''): Place[] => {
  const flags = command.options.map(({ long, short }) => long ?? short ?? '');
  const words = [...command.commands.map((one) => one.name()), ...flags, '--help'];
  return [{ path, words }, ...command.commands.flatMap((one) => placesOf(one, `${path} ${one.name()}`))];
};

const bash = (places: readonly Place[]): string => `_iothub_emulator() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${places
        .slice(1)
        .map(({ path }) => `"${path}"`)
        .join('|')}) path="$path $word" ;;
    esac
  done
  case "$path" in
${places.map(({ path, words }) => `    "${path}") word="${words.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$word" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _iothub_emulator ${PROGRAM}
`;

const fish = (places: readonly Place[]): string =>
  `${[
    'function __iothub_emulator_path',
    '  set -l path ""',
    '  for word in (commandline -opc)[2..]',
    `    contains -- "$path $word" ${places
      .slice(1)
      .map(({ path }) => `"${path}"`)
      .join(' ')}; and set path "$path $word"`,
    '  end',
    '  echo -- "$path"',
    'end',
    ...places.map(
      ({ path, words }) =>
        `complete -c ${PROGRAM} -n 'test (__iothub_emulator_path) = "${path}"' -a '${words.join(' ')}'`,
    ),
  ].join('\n')}\n`;

const powershell = (
  places: readonly Place[],
): string => `Register-ArgumentCompleter -Native -CommandName ${PROGRAM} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $places = @{
${places.map(({ path, words }) => `    '${path}' = '${words.join(' ')}'`).join('\n')}
  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($places.ContainsKey("$path $element")) { $path = "$path $element" }
  }
  $places[$path] -split ' ' | Where-Object { $_ -like "$wordToComplete*" }
}
`;

const SCRIPTS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash,
  zsh: (places) => `autoload -U +X bashcompinit && bashcompinit\n${bash(places)}`,
  fish,
  powershell,
};
