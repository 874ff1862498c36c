import { escapeLines } from '../errors/escape-lines.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readConfigFile } from './read-config-file.ts';

/** A host of ten thousand domains with ten users each stays far below. */
const mostBytes = 64 << 20;

/**
 * The text of a declaration of the host; `-` is standard input. Who can write the file can make domains go, so it is
 * refused with BAD_CONFIG where others than root can. Throws PATH_MISSING, IO_ERROR, the signal's reason.
 */
export async function readDeclaration(path: string, signal: AbortSignal): Promise<string> {
  if (path === '-') return readStandardInput(signal);
  const text = readConfigFile(path, mostBytes);
  if (text !== undefined) return text;
  throw new VirtfsError('PATH_MISSING', {
    what: `cannot read ${escapeLines(path)}`,
    why: 'there is no such file',
    mend: 'write one from what is there, to begin with: virtfs dump > FILE',
  });
}

/** Not with a call that waits: somebody may want to interrupt one who types. */
async function readStandardInput(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = () => process.stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw tooLong();
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explainErrno(error, 'cannot read standard input');
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}

function tooLong(): VirtfsError {
  return new VirtfsError('BAD_CONFIG', {
    what: 'cannot use standard input',
    why: `it is longer than ${mostBytes} bytes`,
    mend: 'declare the domains in several files',
  });
}
