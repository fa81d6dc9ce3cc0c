/** Codes of Azure Storage with their statuses. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
export const STORAGE_CODES = {
  InvalidBlobType: 409,
  InvalidBlockId: 400,
  InvalidBlobOrBlock: 400,
  InvalidBlockList: 400,
  InvalidHeaderValue: 400,
  InvalidMd5: 400,
  InvalidQueryParameterValue: 400,
  InvalidResourceName: 400,
  InvalidUri: 400,
  InvalidXmlDocument: 400,
  Md5Mismatch: 400,
  MissingRequiredHeader: 400,
  BlockListTooLong: 400,
  IncompleteBody: 400,
  NoAuthenticationInformation: 401,
  AuthenticationFailed: 403,
  AuthorizationPermissionMismatch: 403,
  AuthorizationProtocolMismatch: 403,
  BlobNotFound: 404,
  ContainerNotFound: 404,
  UnsupportedHttpVerb: 405,
  BlobAlreadyExists: 409,
  BlockCountExceedsLimit: 409,
  MissingContentLengthHeader: 411,
  ConditionNotMet: 412,
  RequestBodyTooLarge: 413,
  InvalidRange: 416,
  InternalError: 500,
} as const;

export type StorageCode = keyof typeof STORAGE_CODES;

/** The blob store refuses a request, as Azure Storage would. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageCode;
  readonly status: number;
  /** More for people: part of the answer, as Azure Storage has it for authentication. */
  readonly detail: string | undefined;

  constructor(code: StorageCode, text: string, detail?: string) {
    super(text);
    this.code = code;
    this.status = STORAGE_CODES[code];
    this.detail = detail;
  }
}
