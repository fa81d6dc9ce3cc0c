// Every call of azure-iothub over HTTPS, with its result. Arguments: id of a device that exists and answers methods,
// URLs of a blob container and of one that cannot be written.

import common from 'azure-iot-common';
import iothub from 'azure-iothub';

const { Client, ConnectionString, Device, DigitalTwinClient, IoTHubTokenCredentials } = iothub;
const { JobClient, Registry, SharedAccessSignature, Twin } = iothub;
const [id, container, stuck] = process.argv.slice(2);
const service = process.env.IOTHUB_CONNECTION_STRING;
const { HostName, SharedAccessKeyName, SharedAccessKey } = ConnectionString.parse(service);
const registry = Registry.fromConnectionString(service);
const jobs = JobClient.fromConnectionString(service);
const report = {};

/** The body of the answer. */
const said = async (asked) => (await asked).responseBody;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const devices = async () => {
  const made = await said(registry.create(new Device({ deviceId: `${id}-a` })));
  const updated = await said(registry.update({ ...made, statusReason: 'spare' }));
  const got = await said(registry.get(`${id}-a`));
  report.device = [updated.statusReason, got.etag === updated.etag, made.authentication.type];
  report.listed = (await said(registry.list())).filter(({ deviceId }) => deviceId.startsWith(id)).length;
  const many = [{ deviceId: `${id}-b` }, { deviceId: `${id}-c` }];
  report.added = (await said(registry.addDevices(many))).isSuccessful;
  report.changed = (
    await said(
      registry.updateDevices(
        many.map((device) => ({ ...device, status: 'disabled' })),
        true,
      ),
    )
  ).isSuccessful;
  report.removed = (await said(registry.removeDevices(many, true))).isSuccessful;
  report.deleted = (await registry.delete(`${id}-a`)).httpResponse.statusCode;
  report.statistics = (await said(registry.getRegistryStatistics())).totalDeviceCount >= 1;
};

const modules = async () => {
  await registry.addModule({ deviceId: id, moduleId: 'cam' });
  const module = await said(registry.getModule(id, 'cam'));
  const updated = await said(registry.updateModule({ ...module, managedBy: 'someone' }));
  report.module = [updated.managedBy, (await said(registry.getModulesOnDevice(id))).map(({ moduleId }) => moduleId)];
  const { etag } = await said(registry.getModuleTwin(id, 'cam'));
  const twin = await said(registry.updateModuleTwin(id, 'cam', { tags: { seen: true } }, etag));
  report.moduleTwin = twin.tags;
  await registry.removeModule(id, 'cam');
};

const twins = async () => {
  const twin = await said(registry.getTwin(id));
  // the twin object takes over what was answered
  await twin.update({ tags: { floor: 3 }, properties: { desired: { rate: 5 } } });
  report.twin = [twin.tags, twin.properties.desired.rate];
  await twin.get();
  report.twinAgain = twin.tags;
  const found = [];
  const query = registry.createQuery('SELECT * FROM devices', 1);
  let token;
  do {
    const page = await query.next(token);
    found.push(...page.result);
    token = query.continuationToken;
  } while (query.hasMoreResults);
  report.queried = found.some(({ deviceId }) => deviceId === id);
  const asTwins = await registry.createQuery(`SELECT * FROM devices WHERE deviceId = '${id}'`).nextAsTwin();
  await asTwins.result[0].update({ tags: { floor: 4 } });
  report.asTwin = asTwins.result[0].tags;
  const { tags } = (await new Twin(id, registry).get()).result.toJSON();
  report.json = tags;
};

const methods = async () => {
  const client = Client.fromConnectionString(service);
  client.setRetryPolicy(new common.NoRetry());
  const call = { methodName: 'wave', payload: { times: 2 }, responseTimeoutInSeconds: 15, connectTimeoutInSeconds: 5 };
  report.method = (await client.invokeDeviceMethod(id, call)).result;
};

const scheduled = async () => {
  const call = { methodName: 'wave', payload: null, responseTimeoutInSeconds: 15 };
  await jobs.scheduleDeviceMethod(`${id}-m`, `deviceId = '${id}'`, call, new Date(), 60);
  await jobs.scheduleTwinUpdate(`${id}-t`, `deviceId = '${id}'`, { etag: '*', tags: { job: 1 } }, new Date(), 60);
  await jobs.scheduleTwinUpdate(
    `${id}-later`,
    '*',
    { etag: '*', tags: { job: 2 } },
    new Date(Date.now() + 3_600_000),
    60,
  );
  report.cancelled = (await jobs.cancelJob(`${id}-later`)).jobStatus.status;
  report.jobs = [];
  for (const name of ['m', 't']) {
    let job;
    do {
      await sleep(50);
      job = (await jobs.getJob(`${id}-${name}`)).jobStatus;
    } while (!['completed', 'failed'].includes(job.status));
    report.jobs.push([job.type, job.status, job.deviceJobStatistics.succeededCount]);
  }
  const { result } = await jobs.createQuery('scheduleUpdateTwin', 'completed').next();
  report.jobQuery = result.map(({ jobId }) => jobId.slice(id.length));
};

const configurations = async () => {
  const content = { deviceContent: { 'properties.desired.night': { on: true } } };
  await registry.addConfiguration({ id: 'night', content, targetCondition: `deviceId = '${id}'`, priority: 1 });
  const made = await said(registry.getConfiguration('night'));
  report.configuration = (await said(registry.updateConfiguration({ ...made, priority: 2 }))).priority;
  report.configurations = (await said(registry.getConfigurations())).map((one) => one.id);
  await registry.removeConfiguration('night');
  await registry.create({ deviceId: `${id}-edge`, capabilities: { iotEdge: true } });
  const applied = await registry.applyConfigurationContentOnDevice(`${id}-edge`, {
    modulesContent: {
      $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules: {} } },
      $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
    },
  });
  report.applied = applied.httpResponse.statusCode;
};

const digitalTwins = async () => {
  const client = new DigitalTwinClient(new IoTHubTokenCredentials(service));
  const { $dtId, $metadata, eTag } = await client.getDigitalTwin(id);
  report.digitalTwin = [$dtId === id, $metadata.$model];
  await client.updateDigitalTwin(id, [{ op: 'add', path: '/targetTemperature', value: 21 }], eTag);
  const root = await client.invokeCommand(id, 'reboot', 'now');
  const inner = await client.invokeComponentCommand(id, 'valve', 'open', { percent: 50 });
  report.commands = [root, inner].map(({ xMsCommandStatuscode, body }) => [xMsCommandStatuscode, body]);
};

const importExport = async () => {
  const orders = [
    () => registry.exportDevicesToBlob(container, true),
    () => registry.exportDevicesToBlobByIdentity(container, true),
    () => registry.importDevicesFromBlob(container, container),
    () => registry.importDevicesFromBlobByIdentity(container, container),
  ];
  report.ordered = [];
  for (const order of orders) {
    const { jobId } = await order();
    let job;
    do {
      await sleep(50);
      job = await registry.getJob(jobId);
    } while (!['completed', 'failed'].includes(job.status));
    report.ordered.push([job.type, job.status]);
  }
  report.listedJobs = (await said(registry.listJobs())).length;
  const { jobId } = await registry.exportDevicesToBlob(stuck, true);
  report.cancelledJob = (await registry.cancelJob(jobId)).status;
};

const credentials = async () => {
  const token = SharedAccessSignature.create(
    HostName,
    SharedAccessKeyName,
    SharedAccessKey,
    common.anHourFromNow(),
  ).toString();
  report.resource = SharedAccessSignature.parse(token).sr;
  report.tokens = [
    (await said(Registry.fromSharedAccessSignature(token).get(id))).deviceId === id,
    (await JobClient.fromSharedAccessSignature(token).getJob(`${id}-m`)).jobStatus.jobId === `${id}-m`,
    (await Client.fromSharedAccessSignature(token).invokeDeviceMethod(id, { methodName: 'wave' })).result.status,
  ];
  // the emulator cannot verify such tokens
  const bearer = { getToken: async () => ({ token: 'e30.e30.', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const refused = [
    Registry.fromTokenCredential(HostName, bearer).get(id),
    JobClient.fromTokenCredential(HostName, bearer).getJob(`${id}-m`),
    Client.fromTokenCredential(HostName, bearer).invokeDeviceMethod(id, { methodName: 'wave' }),
  ];
  report.bearers = await Promise.all(refused.map((asked) => asked.catch(({ name }) => name)));
  report.version = iothub.versionQueryString();
  report.hubName = new IoTHubTokenCredentials(service).getHubName();
};

for (const story of [
  devices,
  modules,
  twins,
  methods,
  scheduled,
  configurations,
  digitalTwins,
  importExport,
  credentials,
])
  await story();
console.log(JSON.stringify(report));
