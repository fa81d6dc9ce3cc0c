import { randomUUID } from 'node:crypto';
import iothub from 'azure-iothub';

const jobs = iothub.JobClient.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const method = { methodName: 'lockDoor', payload: null, responseTimeoutInSeconds: 15 };
await jobs.scheduleDeviceMethod(randomUUID(), "tags.building = '43'", method, new Date(), 300);
