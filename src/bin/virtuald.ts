import { keepErrorsFromClient } from '../host/keep-errors-from-client.ts';

keepErrorsFromClient();
const words = process.argv.slice(2);

// Not awaited, and ended without another turn of the event loop, which would not survive half an isolation.
void import('../cli/virtuald/run-virtuald.ts')
  .then(({ runVirtuald }) => runVirtuald({ words, env: process.env }))
  .then((status) => process.exit(status));
