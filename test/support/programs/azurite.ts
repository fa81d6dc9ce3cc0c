import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Certificates } from '../../../emulator/certificates/certificates.ts';
import { installedSet } from '../packages/sets.ts';
import { freshFolder } from './command.ts';

/** A blob service on this machine. */
export interface Storage extends AsyncDisposable {
  /** The address of its blobs. */
  readonly endpoint: string;
  /** Creates a container; returns its URL with the given rights, such as `rwdl`. */
  container(name: string, rights?: string): Promise<string>;
  /** Of its one account. */
  readonly connectionString: string;
}

// https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const VERSION = '2020-10-02';

/** The connection string of its account, without the address. */
export const AZURITE = `AccountName=${ACCOUNT};AccountKey=${KEY}`;

/**
 * Starts Azurite, in memory; with TLS, if it is given certificates. Rejects if `npm run foreign:prepare` has not fetched it.
 */
export const startAzurite = async (certificates?: Pick<Certificates, 'cert' | 'key'>): Promise<Storage> => {
  const main = join(installedSet('npm', 'azurite'), 'node_modules/azurite/dist/src/blob/main.js');
  const child = spawn(
    process.execPath,
    [
      ...[main, '--blobPort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'],
      // the storage client of azure-iot-device sends a header that Azurite refuses without it
      ...(certificates === undefined ? [] : ['--loose', '--skipApiVersionCheck', ...tlsFlags(certificates)]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const origin = await new Promise<string>((done, failed) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /listens on (https?:\/\/\S+)/.exec(line)?.[1];
      if (found !== undefined) done(found);
    });
    child.once('exit', (code) => failed(new Error(`Azurite ended with ${code}`)));
  });
  return {
    endpoint: `${origin}/${ACCOUNT}`,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${origin}/${ACCOUNT};`,
    async container(name, rights = 'rwdl') {
      const uri = `${origin}/${ACCOUNT}/${name}`;
      const made = await fetch(`${uri}?restype=container&${signature('rwdlac')}`, { method: 'PUT' });
      if (!made.ok && made.status !== 409) throw new Error(`${made.status} ${await made.text()}`);
      return `${uri}?${signature(rights)}`;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
};

const tlsFlags = ({ cert, key }: Pick<Certificates, 'cert' | 'key'>): string[] => {
  const folder = freshFolder();
  const [certFile, keyFile] = [join(folder, 'chain.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, cert[0] ?? '');
  writeFileSync(keyFile, key[0] ?? '');
  return ['--cert', certFile, '--key', keyFile];
};

export const readBlob = async (container: string, name: string): Promise<string | undefined> => {
  const response = await fetch(blobUrl(container, name));
  return response.ok ? response.text() : undefined;
};

export const writeBlob = async (container: string, name: string, text: string): Promise<void> => {
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  const response = await fetch(blobUrl(container, name), { method: 'PUT', headers, body: text });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
};

const blobUrl = (container: string, name: string): string => container.replace('?', `/${name}?`);

/** https://learn.microsoft.com/rest/api/storageservices/create-account-sas */
const signature = (rights: string): string => {
  const expiry = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
  const fields = [ACCOUNT, rights, 'b', 'sco', '', expiry, '', '', VERSION, ''];
  const sig = createHmac('sha256', Buffer.from(KEY, 'base64')).update(fields.join('\n')).digest('base64');
  return new URLSearchParams({ sv: VERSION, ss: 'b', srt: 'sco', sp: rights, se: expiry, sig }).toString();
};
