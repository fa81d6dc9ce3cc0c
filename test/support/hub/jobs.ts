import { renderDeviceJob } from '../../../emulator/hub/jobs/device-job.ts';
import { addDevices, newHub, newSession, START } from './hub.ts';

export const twinJob = {
  type: 'scheduleUpdateTwin',
  updateTwin: { properties: { desired: { building: '43', old: null } }, tags: { done: true }, etag: '*' },
  queryCondition: "tags.site = 'a'",
  startTime: START,
  maxExecutionTimeInSeconds: 300,
};

export const methodJob = {
  type: 'scheduleDeviceMethod',
  cloudToDeviceMethod: { methodName: 'lockDoor', payload: null, responseTimeoutInSeconds: 15 },
  queryCondition: '*',
  maxExecutionTimeInSeconds: 60,
};

/** A hub with devices d1 and d2 of site a, d3 of site b. */
export const newWorld = () => {
  const world = newHub();
  const { hub } = world;
  addDevices(hub, { d1: { site: 'a' }, d2: { site: 'a' }, d3: { site: 'b' } });
  const rows = () => [...hub.jobs.rows.rows()].map(renderDeviceJob);
  /** Connects a device that receives methods. */
  const connect = (key: string) => {
    const device = newSession(key);
    hub.sessions.open(device.session, { resume: false });
    hub.sessions.subscribe(device.session, 'methods', 0);
    return device;
  };
  return { ...world, jobs: hub.jobs, rows, connect };
};

export const counts = (deviceCount: number, changes: object = {}) => ({
  deviceCount,
  failedCount: 0,
  succeededCount: 0,
  runningCount: 0,
  pendingCount: 0,
  ...changes,
});
