import { AmqpWs, Client, type Device, JobClient, Registry, type Twin } from 'iothub-emulator/service';

// One program, two imports: the text below is the same in both files, and both must compile.

export const stampEvery = async (connectionString: string): Promise<string[]> => {
  const registry = Registry.fromConnectionString(connectionString);
  const { responseBody: statistics } = await registry.getRegistryStatistics();
  const created = await registry.create({ deviceId: `d${statistics.totalDeviceCount}`, status: 'enabled' });
  const device: Device = created.responseBody;
  const status: number = created.httpResponse.statusCode;
  const key: string | undefined = device.authentication?.symmetricKey?.primaryKey;
  const { responseBody: twin } = await registry.getTwin(device.deviceId);
  const { result } = await twin.update({ tags: { status, key }, properties: { desired: { interval: 5 } } });
  await registry.updateTwin(result.deviceId, '{"tags":{"a":null}}', result.etag);
  const query = registry.createQuery("SELECT * FROM devices WHERE tags.a = '1'", 100);
  const ids: string[] = [];
  while (query.hasMoreResults) {
    const page = await query.nextAsTwin();
    for (const found of page.result) ids.push(found.deviceId, String(found.properties.reported.interval));
  }
  return ids;
};

export const withCallbacks = (connectionString: string, done: (error?: Error, twins?: Twin[]) => void): void => {
  const registry = Registry.fromConnectionString(connectionString);
  registry.list((error, devices, response) => {
    if (error) return done(error);
    console.log(
      devices?.map((device) => device.deviceId),
      response?.statusCode,
    );
    registry.createQuery('SELECT * FROM devices').nextAsTwin((failure, twins) => done(failure, twins));
  });
  registry.updateDevices([{ deviceId: 'd', status: 'disabled' }], true, (error, result) => {
    if (!error) console.log(result?.isSuccessful, result?.errors.length);
  });
};

export const callAndSchedule = async (connectionString: string): Promise<unknown> => {
  const client = Client.fromConnectionString(connectionString);
  await client.open();
  const { result } = await client.invokeDeviceMethod('d', { methodName: 'reboot', responseTimeoutInSeconds: 5 });
  client.invokeDeviceMethod('d', 'm', { methodName: 'reboot', payload: 1 }, (error, answer) => {
    console.log(error?.message, answer?.status);
  });
  const jobs = JobClient.fromConnectionString(connectionString);
  await jobs.scheduleTwinUpdate('j', "tags.a = '1'", { etag: '*', tags: { b: result.status } }, new Date(), 60);
  await client.close();
  return (await jobs.getJob('j')).jobStatus.status;
};

export const sendAndLearn = async (connectionString: string, body: string): Promise<void> => {
  const client = Client.fromConnectionString(connectionString, AmqpWs);
  client.on('disconnect', () => console.log('lost'));
  await client.send('d', body);
  const { result: feedback } = await client.getFeedbackReceiver();
  feedback.on('message', async (message) => {
    console.log(JSON.parse(message.getData().toString()));
    await feedback.complete(message);
  });
  client.getFileNotificationReceiver((error, files) => {
    files?.on('message', (message) => files.complete(message, () => console.log(error?.message)));
  });
};
