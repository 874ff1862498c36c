import { decideDialect, laterStatus } from '../mail/exit-dialect.ts';

const words = process.argv.slice(2);
const dialect = decideDialect(words, process.env);

// Whatever happens from here on, a module that is missing and an event loop that runs dry included, the message stays
// in its queue, unless somebody knows that it was delivered.
process.exitCode = laterStatus(dialect);
process.on('uncaughtException', (error) => {
  process.stderr.write(`4.3.0 virtmaildelivery: ${error}\n`);
  process.exit(laterStatus(dialect));
});

void import('../cli/virtmaildelivery/run-virtmaildelivery.ts')
  .then(({ runVirtmaildelivery }) => runVirtmaildelivery({ words, env: process.env, dialect }))
  .then((status) => process.exit(status));
