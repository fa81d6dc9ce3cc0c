import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { numberIn, textIn } from '../../kernel/json-members.ts';
import { bytesOf } from '../messaging/message-json.ts';
import type { StoragePlace } from './file-storage.ts';

/** An upload that a device has asked for and not ended yet. Times in ms since 1970 on the hub's clock. */
export interface FileUpload {
  readonly correlationId: string;
  /** The device or module. */
  readonly key: IdentityKey;
  /** In the container: the device id, a slash, and the name that the device gave. */
  readonly blobName: string;
  readonly blobUri: string;
  readonly expiresAt: number;
}

/** What a device gets that wants to upload a file. https://learn.microsoft.com/rest/api/iothub/device/create-file-upload-sas-uri */
export interface FilePlace extends StoragePlace {
  readonly correlationId: string;
  readonly blobName: string;
}

/** How an upload ended, as the device says. */
export interface FileOutcome {
  readonly isSuccess: boolean;
  readonly statusCode: number | undefined;
  readonly statusDescription: string | undefined;
}

/** How long an upload may take. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload */
export const UPLOAD_MS = 3_600_000;

// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#blob-names
const LONGEST_NAME = 1024;
const MOST_SEGMENTS = 254;

/** The name of the blob for a file of a device. Throws ArgumentInvalid. */
export const blobNameOf = (deviceId: string, name: string | undefined): string => {
  if (name === undefined || name === '') throw new HubError('ArgumentInvalid', 'The blobName must not be empty.');
  const blobName = `${deviceId}/${name}`;
  const segments = blobName.split('/');
  if (blobName.length > LONGEST_NAME || segments.length > MOST_SEGMENTS)
    throw new HubError('ArgumentInvalid', `The blobName must not be longer than ${LONGEST_NAME} characters.`);
  // UNCERTAIN: line ends could break the signed text of a SAS, and halves of characters have no place in a URL
  if (/[\p{Cc}\p{Cs}]/u.test(blobName))
    throw new HubError('ArgumentInvalid', 'The blobName must not have control characters or halves of characters.');
  // UNCERTAIN: clients take such segments out of a URL, so that another blob would be written than the one that was meant
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw new HubError('ArgumentInvalid', "The blobName must not have a segment '.' or '..'.");
  return blobName;
};

/** The name in the body of a request for a place. Throws ArgumentInvalid. */
export const readName = (body: Json): string | undefined => {
  if (isObject(body)) return textIn(body, 'blobName');
  throw new HubError('ArgumentInvalid', 'The request body is not valid JSON.');
};

/** Throws ArgumentInvalid, InvalidFileUploadCompletionStatus. */
export const readOutcome = (body: Json): FileOutcome & { readonly correlationId: string | undefined } => {
  if (!isObject(body)) throw new HubError('ArgumentInvalid', 'The request body is not valid JSON.');
  return {
    correlationId: textIn(body, 'correlationId'),
    isSuccess: successIn(body),
    statusCode: numberIn(body, 'statusCode'), // Java's SDK sends null
    statusDescription: textIn(body, 'statusDescription'),
  };
};

const successIn = (body: JsonObject): boolean => {
  const isSuccess = own(body, 'isSuccess');
  if (typeof isSuccess === 'boolean') return isSuccess;
  throw new HubError('InvalidFileUploadCompletionStatus', 'isSuccess must be true or false.'); // UNCERTAIN: code and text
};

/**
 * Base64 of `yyyyMMddHHmm_{uuid}_{file}_ver2.0`, as the service makes it. SDKs put it into a path without encoding it:
 * characters of the file name that could become a slash or a plus sign are replaced.
 */
export const correlationIdOf = ({ now, uuid, name }: { now: number; uuid: string; name: string }): string => {
  const minute = new Date(now).toISOString().slice(0, 16).replace(/\D/g, '');
  return btoa(`${minute}_${uuid}_${name.replace(/[^\w.\-/ ]/g, '_')}_ver2.0`);
};

/** When an upload of this id has begun, to the minute, ms since 1970; undefined for an id that no hub has made. */
export const beginningOf = (correlationId: string): number | undefined => {
  const made = MADE.exec(decoded(correlationId));
  if (made === null) return undefined;
  const [, year, month, day, hour, minute] = made;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(at) ? undefined : at;
};

const MADE = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)_[0-9a-f-]{36}_.*_ver2\.0$/s;

const decoded = (base64: string): string => {
  try {
    return String.fromCharCode(...bytesOf(base64).subarray(0, 2 * LONGEST_NAME));
  } catch {
    return '';
  }
};
