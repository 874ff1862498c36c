// relay ADDRESS PORT: standard input to a server, and what it answers to standard output.
import { connect } from 'node:net';

const [host = '', port = ''] = process.argv.slice(2);
const socket = connect({ host, port: Number(port) });
process.stdin.pipe(socket).pipe(process.stdout);
for (const stream of [socket, process.stdin, process.stdout]) stream.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
