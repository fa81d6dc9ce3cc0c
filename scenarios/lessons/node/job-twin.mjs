import { randomUUID } from 'node:crypto';
import iothub from 'azure-iothub';

const jobs = iothub.JobClient.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const patch = { etag: '*', tags: { building: '43' } };
const id = randomUUID();
await jobs.scheduleTwinUpdate(id, "deviceId IN ['myDevice']", patch, new Date(), 300);
console.log('scheduled', id);
