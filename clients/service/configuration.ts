/** An automatic configuration: settings for a set of devices, and the progress of applying them. */
export interface Configuration {
  id: string;
  schemaVersion: string;
  labels?: { [key: string]: string };
  content?: ConfigurationContent;
  targetCondition?: string;
  createdTimeUtc?: string;
  lastUpdatedTimeUtc?: string;
  priority?: number;
  systemMetrics?: ConfigurationMetrics;
  metrics?: ConfigurationMetrics;
  etag?: string;
}

export interface ConfigurationMetrics {
  results?: { [key: string]: number };
  queries?: { [key: string]: string };
}

export interface ConfigurationContent {
  modulesContent?: { [key: string]: unknown };
  moduleContent?: { [key: string]: unknown };
  deviceContent?: { [key: string]: unknown };
}
