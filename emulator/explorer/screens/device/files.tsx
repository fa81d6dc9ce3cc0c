import { useEffect, useMemo } from 'preact/hooks';
import type { FileList } from '../../../../protocol/admin/operations-of-files.ts';
import { messageOf } from '../../api/client.ts';
import { Card, Empty, Pill } from '../../parts/card.tsx';
import { Problem, Text } from '../../parts/text.tsx';
import { Ago } from '../../parts/time.tsx';
import { useApp } from '../../state/app.ts';
import { createResource } from '../../state/resource.ts';
import { kilobytes } from '../../text/bytes.ts';
import type { OpenDevice } from './data.ts';

const CHANGES = /^(?:hub|clock|file|file-notification)\./;

/** The files that a device has uploaded or is uploading. */
export const Files = ({ device }: { device: OpenDevice }) => {
  const { client, stream } = useApp();
  const path = `/files/${encodeURIComponent(device.key)}`;
  const files = useMemo(() => createResource(() => client.get<FileList>(path)), [path]);
  useEffect(() => {
    void files.reload();
    const stops = [
      stream.listen(({ events }) => {
        if (events.some(({ type }) => CHANGES.test(type))) void files.reload();
      }),
      stream.whenMissed((types) => {
        if (types === undefined || types.some((type) => CHANGES.test(type))) void files.reload();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [files]);
  const list = files.value.value ?? [];
  return (
    <Card title="Files" flush>
      {files.error.value !== undefined && <Problem>{messageOf(files.error.value)}</Problem>}
      {list.length === 0 ? (
        <Empty title="This device has uploaded no file.">
          It asks the hub for a place, puts the file there, and says how that ended.
        </Empty>
      ) : (
        <FileTable list={list} linkTo={(name) => `${client.base}${path}/content?name=${encodeURIComponent(name)}`} />
      )}
    </Card>
  );
};

const FileTable = ({ list, linkTo }: { list: FileList; linkTo: (blobName: string) => string }) => (
  <table class="table">
    <thead>
      <tr>
        <th>file</th>
        <th>size</th>
        <th>state</th>
        <th>notification</th>
        <th>written</th>
      </tr>
    </thead>
    <tbody>
      {list.map((file) => (
        <tr key={file.blobName}>
          <td>
            {file.isKept ? (
              <a href={linkTo(file.blobName)} download={file.blobName.split('/').at(-1)}>
                <Text value={file.blobName} />
              </a>
            ) : (
              <Text value={file.blobName} />
            )}
          </td>
          <td>{file.size === null ? <span class="faint">—</span> : kilobytes(file.size)}</td>
          <td>
            <Pill tone={file.state === 'uploading' ? 'accent' : 'good'}>{file.state}</Pill>
          </td>
          <td>{file.notification === 'waiting' ? 'waits for a service app' : <span class="faint">—</span>}</td>
          <td>
            <Ago at={file.lastUpdatedTime ?? undefined} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
