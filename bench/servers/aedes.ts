import { createServer } from 'node:tls';
import { Aedes } from 'aedes';
import { loadCertificates } from '../../emulator/certificates/certificates.ts';
import { serve, settings } from './serve.ts';
import { watchStalls } from './stalls.ts';

// unmodified aedes; its `published` hook answers every request: the least that a hub must do

const REQUEST = '$iothub/twin/PATCH/properties/reported/';
const { port, caDir } = settings<{ port: number; caDir: string }>();
const broker = await Aedes.createBroker();
const stalls = watchStalls();
let version = 1;

broker.published = (packet, client, done) => {
  if (client !== null && packet.topic.startsWith(REQUEST)) {
    version += 1;
    const topic = `$iothub/twin/res/204/${packet.topic.slice(REQUEST.length)}&$version=${version}`;
    client.publish({ cmd: 'publish', topic, payload: '', qos: 0, retain: false, dup: false }, () => {});
  }
  done();
};

const { key, cert } = await loadCertificates({ folder: caDir });
const server = createServer({ key: [...key], cert: [...cert], minVersion: 'TLSv1.2', noDelay: true }, (socket) => {
  socket.on('error', () => {});
  broker.handle(socket);
});
server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () =>
  serve({ stalls: (isNew) => (isNew ? stalls.begin() : stalls.end()) }),
);
