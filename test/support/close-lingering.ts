// Closes a connection whose last closer was told to wait ten minutes for a client who takes nothing, and says so.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { closeConnection } from '../../src/linux/connection-socket.ts';
import { check, libcFunction } from '../../src/linux/libc.ts';
import { duplicateDescriptor } from '../../src/linux/replace-descriptor.ts';

const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
await once(server, 'listening');
const client = connect((server.address() as { readonly port: number }).port, '127.0.0.1').pause();
const [socket] = (await once(server, 'connection')) as [
  Socket & { readonly _handle: { readonly fd: number } },
];
const fd = duplicateDescriptor(socket._handle.fd);
const setsockopt = libcFunction<[number, number, number, Uint8Array, number]>(
  'int setsockopt(int, int, int, const void *, unsigned int)',
);
const send = libcFunction<[number, Uint8Array, number, number], number>(
  'long send(int, const void *, size_t, int)',
);
const bytes = new Uint8Array(65_536);
while (Number(send(fd, bytes, bytes.length, 0x40)) > 0);
check(setsockopt(fd, 1, 13, new Uint8Array(Int32Array.of(1, 600).buffer), 8), 'setsockopt');
socket.destroy();
await once(socket, 'close');
closeConnection(fd);
process.stdout.write('closed\n');
client.destroy();
server.close();
