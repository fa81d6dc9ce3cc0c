/** What the service API of the hub answers, as the page uses it. */
import type { Json, JsonObject } from '../../../protocol/json.ts';

export interface Section {
  readonly $metadata?: JsonObject;
  readonly $version?: number;
  readonly [key: string]: Json | undefined;
}

export interface TwinDocument {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly etag: string;
  readonly status: 'enabled' | 'disabled';
  readonly statusReason?: string;
  readonly statusUpdateTime?: string;
  readonly connectionState: 'Connected' | 'Disconnected';
  readonly lastActivityTime: string;
  readonly cloudToDeviceMessageCount?: number;
  readonly authenticationType: string;
  readonly modelId?: string;
  readonly version: number;
  readonly tags?: JsonObject;
  readonly properties: { readonly desired: Section; readonly reported: Section };
  readonly capabilities?: { readonly iotEdge: boolean };
}

export interface IdentityDocument {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly etag: string;
  readonly generationId?: string;
  readonly status?: 'enabled' | 'disabled';
  readonly statusReason?: string | null;
  readonly connectionState?: string;
  readonly lastActivityTime?: string;
  readonly authentication: {
    readonly type: string;
    readonly symmetricKey: { readonly primaryKey: string | null; readonly secondaryKey: string | null };
    readonly x509Thumbprint: { readonly primaryThumbprint: string | null; readonly secondaryThumbprint: string | null };
  };
  readonly capabilities?: { readonly iotEdge: boolean };
}

export interface Configuration {
  readonly id: string;
  readonly targetCondition: string;
  readonly priority: number;
  readonly createdTimeUtc: string;
  readonly lastUpdatedTimeUtc?: string;
  readonly etag?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly content: JsonObject;
  readonly systemMetrics: { readonly results: Readonly<Record<string, number>> };
  readonly metrics: {
    readonly queries: Readonly<Record<string, string>>;
    readonly results: Readonly<Record<string, number>>;
  };
}

export interface Job {
  readonly jobId: string;
  readonly type: string;
  readonly status: string;
  readonly queryCondition?: string;
  readonly createdTime?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly maxExecutionTimeInSeconds?: number;
  readonly failureReason?: string;
  readonly updateTwin?: JsonObject;
  readonly cloudToDeviceMethod?: { readonly methodName: string };
  readonly deviceJobStatistics?: {
    readonly deviceCount: number;
    readonly failedCount: number;
    readonly succeededCount: number;
    readonly runningCount: number;
    readonly pendingCount: number;
  };
}

/** One device of a job, as `SELECT * FROM devices.jobs` gives it. */
export interface DeviceJob {
  readonly deviceId: string;
  readonly jobId: string;
  readonly status: string;
  readonly startTimeUtc?: string;
  readonly endTimeUtc?: string;
  readonly error?: { readonly code?: string; readonly description?: string };
  readonly outcome?: Json;
}
