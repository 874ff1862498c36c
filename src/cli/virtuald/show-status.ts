import { request } from 'node:http';
import { escapeLines } from '../../errors/escape-lines.ts';
import { isErrno, VirtfsError } from '../../errors/virtfs-error.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readVirtualdFile } from '../../host/read-virtuald-services.ts';
import { describeStatusJson, describeStatusTable } from '../../virtuald/describe-status.ts';
import type { Snapshot } from '../../virtuald/snapshot.ts';
import { describeTable } from '../describe-table.ts';
import type { VirtualdCall } from './parse-call.ts';

type StatusCall = Extract<VirtualdCall, { readonly type: 'status' }>;

/** Shows what the virtuald behind a status socket says. Resolves to the exit status. Throws NOT_RUNNING, NEEDS_ROOT. */
export async function showStatus(
  { form, socket, own }: StatusCall,
  env: Readonly<Record<string, string | undefined>>,
  out: (line: string) => void,
): Promise<number> {
  const { configDir } = await readSettings(env, own.root);
  const path = socket ?? (await readVirtualdFile({ configDir })).statusSocket;
  const text = await ask(path, form === 'metrics' ? '/metrics' : '/status');
  if (form === 'metrics') out(text.trimEnd());
  else for (const line of describeAnswer(text, form, env.COLUMNS)) out(line);
  return 0;
}

/** What a socket of root's answered: a snapshot. */
function describeAnswer(text: string, form: 'text' | 'json', columns: string | undefined): readonly string[] {
  const snapshot = JSON.parse(text) as Snapshot;
  if (form === 'json') return [JSON.stringify(describeStatusJson(snapshot), undefined, 2)];
  const table = describeStatusTable(snapshot);
  const complaints = snapshot.services.flatMap(({ name, complaints }) =>
    complaints.map((each) => `${name}: ${each}`),
  );
  return [
    ...describeTable(table.columns, table.rows, Number(columns) || 120),
    ...complaints.map(escapeLines),
  ];
}

function ask(socketPath: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request({ socketPath, path, agent: false, timeout: 10_000 }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(parts).toString());
      else reject(noAnswer(socketPath, `it answers ${response.statusCode}`));
    });
  });
  sent.on('timeout', () => sent.destroy(noAnswer(socketPath, 'it does not answer')));
  sent.on('error', (error) => reject(explain(error, socketPath)));
  sent.end();
  return promise;
}

function explain(error: Error, socket: string): Error {
  if (isErrno(error, 'ENOENT')) return noAnswer(socket, 'there is no such socket', error);
  if (isErrno(error, 'ECONNREFUSED')) return noAnswer(socket, 'nobody listens there', error);
  if (!isErrno(error, 'EACCES')) return error;
  return new VirtfsError('NEEDS_ROOT', {
    what: `cannot ask ${socket}`,
    why: 'only root may',
    mend: 'call it as root: sudo virtuald --status',
    cause: error,
  });
}

function noAnswer(socket: string, why: string, cause?: unknown): VirtfsError {
  return new VirtfsError('NOT_RUNNING', {
    what: `cannot ask virtuald at ${socket}`,
    why,
    mend: 'start it: systemctl start virtuald, or virtuald --config - or name its socket: virtuald --status --status-socket PATH',
    cause,
  });
}
