import { Readable } from 'node:stream';
import { story } from '../story.ts';

interface FileNotification {
  readonly deviceId: string;
  readonly blobName: string;
  readonly blobSizeInBytes: number;
}

const LOG = 'motor started\nmotor stopped\n';

/** https://learn.microsoft.com/azure/iot-hub/how-to-file-upload */
export default story(
  'A device uploads a file, and a back end learns of it',
  async (stage) => {
    const { service } = stage;
    const deviceId = await stage.createDevice();
    await service.open();
    const { result: receiver } = await service.getFileNotificationReceiver();
    const told: FileNotification[] = [];
    receiver.on('message', (message) => {
      told.push(JSON.parse(String(message.getData())));
      void receiver.complete(message);
    });

    const device = await stage.device(deviceId);
    await device.uploadToBlob('logs/today.txt', Readable.from([Buffer.from(LOG)]), LOG.length);

    const own = async () => told.find((notification) => notification.deviceId === deviceId);
    const { blobName, blobSizeInBytes } = (await stage.until(own, (seen) => seen !== undefined)) ?? {};
    stage.see(
      'the back end hears which file there is',
      { blobName, blobSizeInBytes },
      { blobName: `${deviceId}/logs/today.txt`, blobSizeInBytes: LOG.length },
    );
    const uploaded = stage.uploaded(`${deviceId}/logs/today.txt`);
    if (uploaded !== undefined) stage.see('the file is unchanged', uploaded, LOG);
  },
  { isConnected: true },
);
