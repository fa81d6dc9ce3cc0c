import type { StorageEndpoint } from '../../protocol/routing-endpoints.ts';
import { BlobError } from '../blobs/blob-error.ts';
import { Container, type Deadlines } from '../blobs/container.ts';
import { withTurns } from '../blobs/with-turns.ts';
import type { Batch } from '../hub/routing/egress.ts';
import { fileName } from '../hub/routing/file-name.ts';
import { storagePlace } from '../hub/routing/storage-place.ts';
import { accountSas } from './account-sas.ts';
import { jsonLine, storageRecord } from './storage-records.ts';

/** How many names are tried before a batch fails. */
const MOST_NAMES = 1000;

/** Writes a batch into a new blob. Gives its name. Throws BlobError. */
export const writeBlob = async (endpoint: StorageEndpoint, batch: Batch, deadlines: Deadlines): Promise<string> => {
  const { extension, contentType, content } = await encoded(endpoint, batch, deadlines.signal);
  const container = new Container(containerUrl(endpoint), deadlines);
  const name = fileName(endpoint.fileNameFormat, batch);
  for (let number = 1; number <= MOST_NAMES; number++) {
    // UNCERTAIN: what the service does where a blob is in the way; one of a clock that was set back, or of a fork, can be
    const free = `${name}${number === 1 ? '' : `_${number}`}${extension}`;
    try {
      await container.create(free, content, contentType);
      return free;
    } catch (error) {
      if (!(error instanceof BlobError) || error.code !== 'BlobAlreadyExists') throw error;
    }
  }
  throw new BlobError(`There are ${MOST_NAMES} blobs of the name ${name} already`);
};

const containerUrl = (endpoint: StorageEndpoint): string => {
  const { url, account } = storagePlace(endpoint);
  if (account === undefined) return url;
  const signed = new URL(url);
  for (const [name, value] of accountSas(account)) signed.searchParams.set(name, value);
  return signed.toString();
};

interface Encoded {
  /** UNCERTAIN: newer hubs have it; older ones wrote none. */
  readonly extension: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

const encoded = async ({ encoding }: StorageEndpoint, { events }: Batch, signal: AbortSignal): Promise<Encoded> => {
  const form = encoding.toLowerCase();
  if (form === 'json') {
    const lines: string[] = [];
    for await (const event of withTurns(events, signal)) lines.push(jsonLine(event));
    return { extension: '.json', contentType: 'application/json', content: Buffer.from(lines.join('')) };
  }
  const { avroFile } = await import('./avro.ts');
  const content = await avroFile(records(events, signal), form === 'avrodeflate' ? 'deflate' : 'null');
  return { extension: '.avro', contentType: 'application/octet-stream', content };
};

async function* records(events: Batch['events'], signal: AbortSignal) {
  for await (const event of withTurns(events, signal)) yield { record: storageRecord(event), body: event.message.body };
}
