import { JSON_HELP, readJson } from '../json-argument.ts';
import { addLoginFlags, type LoginFlags, readLoginToChange } from '../login.ts';
import { ServiceClient } from '../service-client.ts';
import { type AddCommand, printed } from './command.ts';

interface InvokeFlags extends LoginFlags {
  readonly module?: string;
  readonly payload: string;
  readonly timeout: string;
  readonly connectTimeout: string;
}

/** `method invoke`: calls a direct method of a device or module that is connected. */
export const method: AddCommand = (program, context) => {
  const group = program.command('method').description('call direct methods');
  addLoginFlags(group.command('invoke <device> <name>').description('call a method and print the answer of the device'))
    .option('--module <id>', 'of this module of the device')
    .option('--payload <json>', `what the method gets: ${JSON_HELP}`, 'null')
    .option('--timeout <seconds>', 'how long to wait for the answer, 5 to 300', '30')
    .option('--connect-timeout <seconds>', 'how long to wait for the device to connect, 0 to 300', '0')
    .action(async (deviceId: string, methodName: string, { module, ...flags }: InvokeFlags) => {
      const client = new ServiceClient(readLoginToChange(flags, context));
      const answer = await client.invoke(
        { deviceId, moduleId: module },
        {
          methodName,
          payload: readJson(flags.payload, context),
          responseTimeoutInSeconds: Number(flags.timeout),
          connectTimeoutInSeconds: Number(flags.connectTimeout),
        },
      );
      context.out(printed(answer));
    });
};
