import type { JsonObject } from '../../../../protocol/json.ts';

/** What the form holds. */
export interface JobDraft {
  readonly type: 'scheduleUpdateTwin' | 'scheduleDeviceMethod';
  readonly queryCondition: string;
  /** JSON: the patch of the twins, or the payload. */
  readonly content: string;
  readonly methodName: string;
  /** ms since 1970 on the hub's clock. */
  readonly startAt: number;
}

/** The body of a new job. Throws a SyntaxError for content that is not JSON. */
export const jobBody = ({ type, queryCondition, content, methodName, startAt }: JobDraft): JsonObject => ({
  type,
  queryCondition,
  startTime: new Date(startAt).toISOString(),
  maxExecutionTimeInSeconds: 300,
  ...(type === 'scheduleUpdateTwin'
    ? { updateTwin: { etag: '*', ...JSON.parse(content) } }
    : { cloudToDeviceMethod: { methodName, payload: JSON.parse(content), responseTimeoutInSeconds: 30 } }),
});

/** Short enough to say aloud. */
export const newJobId = (): string => `job-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;
