import { Agent, request } from 'undici';
import { signAccountSas, signBlobSas } from '../../protocol/blob-sas.ts';
import { HubError } from '../../protocol/errors.ts';
import type { BlobProperties, FileStorage } from '../hub/files/file-storage.ts';
import type { Log } from '../log.ts';
import { BlobError } from './blob-error.ts';
import { UPLOADS } from './own-storage.ts';
import type { StorageConnection } from './storage-connection.ts';
import { Watch } from './watch.ts';

export interface AzureStorageOptions {
  readonly log: Log;
  /** Ends everything that is going on when it is aborted. */
  readonly closing: AbortSignal;
  /** CAs to trust, PEM; default: the usual ones. Azurite may have the certificate of the emulator. */
  readonly ca?: readonly string[];
  /** How long the server may be silent, ms; default 10 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const HOUR_MS = 3_600_000;
// supported by every storage service
const VERSION = '2020-12-06';

/** Uploads to a storage account: of Azure, or of Azurite. Its own clock decides how long a place can be used. */
export class AzureStorage implements FileStorage {
  readonly #connection: StorageConnection;
  readonly #options: AzureStorageOptions;
  readonly #agent: Agent;
  /** Host name and path before the container, such as `127.0.0.1:10000/devstoreaccount1`. */
  readonly #address: string;
  #isPrepared = false;

  constructor(connection: StorageConnection, options: AzureStorageOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#agent = new Agent(options.ca === undefined ? {} : { connect: { ca: [...options.ca] } });
    this.#address = `${connection.endpoint.host}${connection.endpoint.pathname.replace(/\/$/, '')}`;
    if (connection.endpoint.protocol === 'http:')
      options.log.warn('The storage account is without TLS', {
        endpoint: connection.endpoint.origin,
        cause: 'SDKs of devices upload files over https only',
        remedy: 'start Azurite with --cert and --key, and give an https address',
      });
    options.closing.addEventListener('abort', () => void this.#agent.destroy(), { once: true });
  }

  /** Creates the container if there is none. What goes wrong is told to the user; uploads are tried nevertheless. */
  async prepare(): Promise<void> {
    try {
      const sas = signAccountSas(this.#connection, 'c', Date.now() + HOUR_MS);
      const { status, code } = await this.#ask('PUT', `${UPLOADS}${sas}&restype=container`);
      if (status >= 300 && code !== 'ContainerAlreadyExists') throw new BlobError(`${status} ${code}`);
      this.#isPrepared = true;
    } catch (error) {
      if (this.#options.closing.aborted) return;
      const cause = error instanceof Error ? error.message : String(error);
      const remedy = 'check --storage, and that the storage service runs; devices cannot upload files otherwise';
      this.#options.log.warn('The container for file uploads could not be created', {
        container: UPLOADS,
        cause,
        remedy,
      });
    }
  }

  place({ name, lifeMs }: { readonly name: string; readonly lifeMs: number }) {
    if (!this.#isPrepared) void this.prepare(); // the service may have been started later than the emulator
    const expiresAt = Date.now() + lifeMs;
    return {
      hostName: this.#address,
      containerName: UPLOADS,
      sasToken: signBlobSas(this.#connection, { container: UPLOADS, blob: name, permissions: 'rw', expiresAt }),
    };
  }

  readonly find = async (name: string): Promise<BlobProperties | undefined> => {
    const grant = { container: UPLOADS, blob: name, permissions: 'r', expiresAt: Date.now() + HOUR_MS };
    const path = `${UPLOADS}/${name.split('/').map(encodeURIComponent).join('/')}`;
    try {
      const { status, code, headers } = await this.#ask('HEAD', `${path}${signBlobSas(this.#connection, grant)}`);
      if (status === 404) return undefined;
      if (status !== 200) throw new BlobError(`HEAD of ${name}: ${status} ${code}`);
      return {
        size: Number(headers['content-length']),
        modifiedAt: Date.parse(String(headers['last-modified'])) || Date.now(),
      };
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
      // UNCERTAIN: code and text
      throw new HubError('InvalidStorageEndpoint', 'The storage endpoint of the hub did not answer as expected.', {
        hint: error.message,
      });
    }
  };

  /** One request; rejects with BlobError if there is no answer. */
  async #ask(method: 'HEAD' | 'PUT', path: string) {
    const { closing, timeoutMs = TIMEOUT_MS } = this.#options;
    const watch = new Watch(closing, timeoutMs);
    const url = `${this.#connection.endpoint.protocol}//${this.#address}/${path}`;
    try {
      const { statusCode, headers, body } = await request(url, {
        method,
        headers: { 'x-ms-version': VERSION, ...(method === 'PUT' && { 'content-length': '0' }) },
        dispatcher: this.#agent,
        signal: watch.signal,
      });
      await body.dump();
      return { status: statusCode, headers, code: String(headers['x-ms-error-code'] ?? '') };
    } catch (error) {
      throw watch.explain(`${method} at ${this.#connection.endpoint.origin}`, error);
    } finally {
      watch.end();
    }
  }
}
