import type { JsonObject } from './json.ts';

/**
 * The hub's error names and numbers; the first three digits are the HTTP status.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-troubleshoot-error-codes
 */
export const ERROR_CODES = {
  GenericBadRequest: 400000,
  InvalidProtocolVersion: 400001,
  DeviceInvalidResultCount: 400002,
  InvalidOperation: 400003,
  ArgumentInvalid: 400004,
  ArgumentNull: 400005,
  IotHubFormatError: 400006,
  DeviceStorageEntitySerializationError: 400007,
  BlobContainerValidationError: 400008,
  ImportWarningExistsError: 400009,
  InvalidSchemaVersion: 400010,
  DeviceDefinedMultipleTimes: 400011,
  DeserializationError: 400012,
  BulkRegistryOperationFailure: 400013,
  DefaultStorageEndpointNotConfigured: 400014,
  InvalidFileUploadCorrelationId: 400015,
  ExpiredFileUploadCorrelationId: 400016,
  InvalidStorageEndpoint: 400017,
  InvalidMessagingEndpoint: 400018,
  InvalidFileUploadCompletionStatus: 400019,
  InvalidStorageEndpointOrBlob: 400020,
  RequestCanceled: 400021,
  InvalidStorageEndpointProperty: 400022,
  EtagDoesNotMatch: 400023,
  RequestTimedOut: 400024,
  UnsupportedOperationOnReplica: 400025,
  NullMessage: 400026,
  ConnectionForcefullyClosedOnNewConnection: 400027,
  InvalidDeviceScope: 400028,
  ConnectionForcefullyClosedOnFaultInjection: 400029,
  ConnectionRejectedOnFaultInjection: 400030,
  InvalidEndpointAuthenticationType: 400031,
  ManagedIdentityNotEnabled: 400032,
  InvalidPolicyKey: 400035,
  BulkRegenerateDeviceKeyOperationFailure: 400036,
  InvalidRouteTestInput: 400100,
  InvalidSourceOnRoute: 400101,
  RoutingNotEnabled: 400102,
  InvalidContentEncodingOrType: 400103,
  CannotRegisterModuleToModule: 400301,
  TenantHubRoutingNotEnabled: 400302,
  InvalidConfigurationTargetCondition: 400401,
  InvalidConfigurationContent: 400402,
  CannotModifyImmutableConfigurationContent: 400403,
  InvalidConfigurationCustomMetricsQuery: 400404,
  InvalidPnPInterfaceDefinition: 400501,
  InvalidPnPDesiredProperties: 400502,
  InvalidPnPReportedProperties: 400503,
  InvalidPnPWritableReportedProperties: 400504,
  InvalidDigitalTwinJsonPatch: 400505,
  InvalidDigitalTwinPayload: 400506,
  InvalidDigitalTwinPatch: 400507,
  InvalidDigitalTwinPatchPath: 400508,
  GenericUnauthorized: 401000,
  IotHubNotFound: 401001,
  IotHubUnauthorizedAccess: 401002,
  IotHubUnauthorized: 401003,
  ElasticPoolNotFound: 401004,
  SystemModuleModifyUnauthorizedAccess: 401100,
  GenericForbidden: 403000,
  IotHubSuspended: 403001,
  IotHubQuotaExceeded: 403002,
  JobQuotaExceeded: 403003,
  DeviceMaximumQueueDepthExceeded: 403004,
  IotHubMaxCbsTokenExceeded: 403005,
  DeviceMaximumActiveFileUploadLimitExceeded: 403006,
  DeviceMaximumQueueSizeExceeded: 403007,
  RoutingEndpointResponseForbidden: 403008,
  InvalidMessageExpiryTime: 403009,
  OperationNotAvailableInCurrentTier: 403010,
  KeyEncryptionKeyRevoked: 403011,
  DeviceDisabled: 403012,
  DeviceModelMaxPropertiesExceeded: 403100,
  DeviceModelMaxIndexablePropertiesExceeded: 403101,
  DeviceMaximumInflightMethodExceeded: 403800,
  GenericNotFound: 404000,
  DeviceNotFound: 404001,
  JobNotFound: 404002,
  QuotaMetricNotFound: 404004,
  SystemPropertyNotFound: 404005,
  AmqpAddressNotFound: 404006,
  RoutingEndpointResponseNotFound: 404007,
  CertificateNotFound: 404008,
  ElasticPoolTenantHubNotFound: 404009,
  ModuleNotFound: 404010,
  AzureTableStoreNotFound: 404011,
  IotHubFailingOver: 404012,
  FeatureNotSupported: 404013,
  DigitalTwinInterfaceNotFound: 404014,
  QueryStoreClusterNotFound: 404101,
  DeviceNotOnline: 404103,
  DeviceConnectionClosedRemotely: 404104,
  ConfigurationNotFound: 404301,
  GroupNotFound: 404302,
  DigitalTwinModelNotFound: 404401,
  InterfaceNameModelNotFound: 404402,
  GenericMethodNotAllowed: 405000,
  OperationNotAllowedInCurrentState: 405102,
  ImportDevicesNotSupported: 405103,
  BulkAddDevicesNotSupported: 405104,
  GenericConflict: 409000,
  DeviceAlreadyExists: 409001,
  LinkCreationConflict: 409002,
  CallbackSubscriptionConflict: 409003,
  ModelAlreadyExists: 409101,
  DeviceLocked: 409102,
  DeviceJobAlreadyExists: 409103,
  JobAlreadyExists: 409104,
  ModuleAlreadyExistsOnDevice: 409301,
  ConfigurationAlreadyExists: 409401,
  ApplyConfigurationAlreadyInProgressOnDevice: 409402,
  GenericPreconditionFailed: 412000,
  PreconditionFailed: 412001,
  DeviceMessageLockLost: 412002,
  JobRunPreconditionFailed: 412003,
  InflightMessagesInLink: 412004,
  GenericRequestEntityTooLarge: 413000,
  MessageTooLarge: 413001,
  TooManyDevices: 413002,
  TooManyModulesOnDevice: 413003,
  ConfigurationCountLimitExceeded: 413101,
  GenericUnsupportedMediaType: 415000,
  IncompatibleDataType: 415101,
  GenericTooManyRequests: 429000,
  ThrottlingException: 429001,
  ThrottleBacklogLimitExceeded: 429002,
  ThrottlingBacklogTimeout: 429003,
  ThrottlingMaxActiveJobCountExceeded: 429004,
  DeviceThrottlingLimitExceeded: 429005,
  ClientClosedRequest: 499000,
  GenericServerError: 500000,
  ServerError: 500001,
  JobCancelled: 500002,
  GenericTimeout: 500008,
  InvalidThrottleParameter: 500009,
  GenericBadGateway: 502000,
  InvalidResponseWhileProxying: 502101,
  GenericServiceUnavailable: 503000,
  ServiceUnavailable: 503001,
  PartitionNotFound: 503003,
  IotHubActivationFailed: 503004,
  ServerBusy: 503005,
  IotHubRestoring: 503006,
  ReceiveLinkOpensThrottled: 503008,
  ConnectionUnavailable: 503101,
  DeviceUnavailable: 503102,
  ConfigurationNotAvailable: 503201,
  GroupNotAvailable: 503202,
  HostingServiceNotAvailable: 503301,
  GenericGatewayTimeout: 504000,
  GatewayTimeout: 504101,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CODES, text);

/** What an error carries besides its name and its text. */
export interface ErrorDetails {
  /** Members of the answer's `info`. */
  readonly info?: JsonObject;
  /** The emulator's own diagnosis: goes to the log and to a header, never into the service's answer. */
  readonly hint?: string;
  /** What to do, in the emulator's words; goes where the hint goes. */
  readonly remedy?: string;
  /** Overrides the status of the code, as an injected fault may. */
  readonly status?: number | undefined;
}

/**
 * An operation that the hub rejects. `message` is for people: `DeviceNotFound (404001): Device d1 not registered`. `text` is
 * what the service itself says, and all that a server may put on the wire. Any other kind of error that is thrown is a bug.
 */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** The service's name of the error, such as `DeviceNotFound`. */
  readonly code: ErrorCode;
  /** The six-digit code, such as 404001. */
  readonly number: number;
  /** The HTTP status, such as 404. */
  readonly status: number;
  /** The service's own text, to the letter. */
  readonly text: string;
  /** Members of `info` in the service's answer. */
  readonly info: JsonObject | undefined;
  /** The emulator's own diagnosis, which the service would not give. */
  readonly hint: string | undefined;
  /** What to do, in the emulator's words. */
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, text: string, details: ErrorDetails = {}) {
    super(`${code} (${ERROR_CODES[code]}): ${text}`);
    this.code = code;
    this.number = ERROR_CODES[code];
    this.status = details.status ?? Math.floor(this.number / 1000);
    this.text = text;
    this.info = details.info;
    this.hint = details.hint;
    this.remedy = details.remedy;
  }
}
