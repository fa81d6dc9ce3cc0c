import { type Command, Option } from 'commander';
import type { Json } from '../../../protocol/json.ts';
import { JSON_HELP, readJson } from '../json-argument.ts';
import { addLoginFlags, type LoginFlags, readLogin, readLoginToChange } from '../login.ts';
import { ServiceClient } from '../service-client.ts';
import { type AddCommand, printed } from './command.ts';

interface TwinFlags extends LoginFlags {
  readonly module?: string;
}

interface ChangeFlags extends TwinFlags {
  readonly ifMatch: string;
}

/** `twin …`: reads and changes twins, over the service's REST API. */
export const twin: AddCommand = (program, context) => {
  const group = program.command('twin').description('show and change twins');
  const add = (name: string, description: string): Command =>
    addLoginFlags(group.command(name).description(description)).option('--module <id>', 'of this module of the device');
  add('show <device>', 'print a twin').action(async (deviceId: string, { module, ...flags }: TwinFlags) => {
    const client = new ServiceClient(readLogin(flags, context));
    context.out(printed(await client.twin({ deviceId, moduleId: module })));
  });
  for (const { name, method, description } of CHANGES)
    add(`${name} <device> <twin>`, `${description}; the twin as ${JSON_HELP}`)
      .addOption(new Option('--if-match <etag>', 'only if the twin has this etag').default('*', 'any'))
      .addHelpText('after', EXAMPLE)
      .action(async (deviceId: string, text: string, { module, ifMatch, ...flags }: ChangeFlags) => {
        const body = readJson(text, context);
        const client = new ServiceClient(readLoginToChange(flags, context));
        const change: Json = await client.changeTwin({ deviceId, moduleId: module }, { method, body, ifMatch });
        context.out(printed(change));
      });
};

const CHANGES = [
  { name: 'patch', method: 'PATCH', description: 'merge tags and desired properties; null deletes' },
  { name: 'replace', method: 'PUT', description: 'replace all tags and desired properties' },
] as const;

const EXAMPLE = `
iothub-emulator twin patch oven '{"tags":{"hall":4},"properties":{"desired":{"celsius":220}}}'`;
