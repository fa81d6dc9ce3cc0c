import {
  anHourFromNow,
  type Callback,
  ConnectionString,
  callbackToPromise,
  encodeUriComponentStrict,
  errorCallbackToPromise,
  errors,
  results,
  SharedAccessSignature,
  tripleValueCallbackToPromise,
} from 'iothub-emulator/common';

// One program, two imports: the text below is the same in both files, and both must compile.

export const tokenFor = (connectionString: string, minutes: number): string => {
  const { HostName, DeviceId, SharedAccessKey } = ConnectionString.parse(connectionString, ['HostName', 'DeviceId']);
  const resource = encodeUriComponentStrict(`${HostName}/devices/${DeviceId}`);
  const expiry = Math.ceil(Date.now() / 1000) + 60 * minutes;
  const token = SharedAccessSignature.create(resource, '', SharedAccessKey ?? '', expiry);
  return `${token.extend(anHourFromNow())} ${SharedAccessSignature.parse(token.toString(), ['sr', 'se']).sr}`;
};

export const later = (name: string, done?: Callback<string>): void => {
  const answer = callbackToPromise<string>((callback) => {
    if (name === '') callback(new errors.ArgumentError('no name'));
    else callback(undefined, name);
  }, done);
  if (answer) answer.then(console.log, (error: Error) => console.log(error instanceof errors.ArgumentError));
};

export const told = async (work: (done: (error?: Error) => void) => void): Promise<string> => {
  await errorCallbackToPromise(work);
  const both = await tripleValueCallbackToPromise(
    (callback: (error?: Error, first?: number, second?: string) => void) => callback(undefined, 1, 'a'),
    (first, second) => ({ first, second }),
  );
  return `${both.first}${both.second} ${new results.MessageEnqueued() instanceof results.MessageEnqueued}`;
};
