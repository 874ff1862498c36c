import { keepErrorsFromClient } from '../host/keep-errors-from-client.ts';

keepErrorsFromClient();
const words = process.argv.slice(2);

void import('../cli/virtmaild/run-virtmaild.ts')
  .then(({ runVirtmaild }) => runVirtmaild({ words, env: process.env }))
  .then((status) => process.exit(status));
